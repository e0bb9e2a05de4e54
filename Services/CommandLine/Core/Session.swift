import FoundationEssentials
import HTTPClient
import Primitives

/// What a command works with: where the studio is, the key, and how to print.
package struct Session: Sendable {
    package let client: StudioClient
    package let output: Output

    init(_ arguments: Arguments, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let url = arguments["url"] ?? environment["AVSTUDIO_URL"] ?? "http://127.0.0.1:8080"
        let key = arguments["key"] ?? environment["AVSTUDIO_KEY"] ?? Self.localOwnerKey(environment)
        client = try StudioClient(url: url, key: key)
        output = Output(isJSON: arguments.isSet("json"))
    }

    /// The owner key of a studio that was started from this folder.
    private static func localOwnerKey(_ environment: [String: String]) -> String? {
        let path = (environment["AVSTUDIO_VAR"] ?? "var") + "/secrets/owner.key"
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return String(text.prefix { !$0.isWhitespace })
    }
}
