import Contracts
import FoundationEssentials
import Primitives
import ServiceRuntime
import Testing

@Suite struct ConfigurationTests {
    struct Settings: Sendable {
        var port = 80
        var name = "none"
        var isLoud = false
    }

    static let schema = Schema(Settings()) {
        Field.integer("http-port", \.port, in: 1...65535, "The port.")
        Field.text("name", \.name, "A name.")
        Field.flag("loud", \.isLoud, "Speaks up.")
    }

    private func load(_ yaml: String? = nil, environment: [String: String] = [:], flags: [String] = []) throws -> Settings {
        guard let yaml else { return try ConfigurationLoader(arguments: flags, environment: environment).load(Self.schema) }
        let path = FileManager.default.temporaryDirectory.path + "/\(Identifier.make("config")).yaml"
        guard FileManager.default.createFile(atPath: path, contents: Data(yaml.utf8)) else { throw ConfigurationError("no file") }
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try ConfigurationLoader(arguments: ["--config", path] + flags, environment: environment).load(Self.schema)
    }

    @Test func laterSourcesWin() throws {
        #expect(try load().port == 80)
        #expect(try load("http-port: 81").port == 81)
        #expect(try load("http-port: 81", environment: ["AVSTUDIO_HTTP_PORT": "82"]).port == 82)
        #expect(try load("http-port: 81", environment: ["AVSTUDIO_HTTP_PORT": "82"], flags: ["--http-port", "83"]).port == 83)
        #expect(try load(flags: ["--loud=yes"]).isLoud)
    }

    @Test(
        arguments: [
            ("htp-port: 81", [:], [], "line 1"), ("name: a\nhttp-port: many", [:], [], "line 2"),
            ("http-port: 99999", [:], [], "99999"),
            ("name: [", [:], [], "line"), ("", ["AVSTUDIO_HTTP_PORT": "x"], [], "AVSTUDIO_HTTP_PORT"),
            ("", [:], ["--nonsense", "1"], "--nonsense"),
            ("", [:], ["--http-port"], "needs a value"),
        ] as [(String, [String: String], [String], String)])
    func wrongConfigurationStopsWithAClearMessage(
        _ yaml: String, _ environment: [String: String], _ flags: [String], _ part: String
    ) {
        do {
            _ = try load(yaml, environment: environment, flags: flags)
            Issue.record("accepted: \(yaml) \(environment) \(flags)")
        } catch {
            #expect((error as? ConfigurationError)?.message.contains(part) == true, "\(error)")
        }
    }
}
