import Contracts
import HTTP
import Primitives
import ServiceRuntime
import TestSupport
import Testing

/// What nginx lets only an administrator do.
enum Administrator {
    /// The headers of a request that nginx has passed on for the owner.
    static func headers() throws -> HTTPHeaders {
        let principal = Principal(
            subject: "key_owner", owner: "owner", tier: "owner", scopes: [.admin], expires: .now().advanced(by: .seconds(60)))
        return [PrincipalToken.header: try PrincipalToken(key: Bytes(repeating: 7, count: 64)).sign(principal)]
    }

    /// Makes a key.
    /// - Returns: the key and its identifier.
    static func key(_ gateway: TestGateway, _ document: JSONValue) async throws -> (text: String, id: String) {
        let made = try await gateway.json(.post, "/keys", document, headers: headers())
        return (try #require(made.document["key"]?.stringValue, "\(made.document)"), made.document["id"]?.stringValue ?? "")
    }

    /// The newest entries of the audit log, newest first.
    static func audit(_ gateway: TestGateway) async throws -> [JSONValue] {
        try await gateway.json(.get, "/audit?limit=100", headers: headers()).document["entries"]?.arrayValue ?? []
    }
}
