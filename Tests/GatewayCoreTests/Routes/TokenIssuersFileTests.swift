import FoundationEssentials
import GatewayCore
import Primitives
import ServiceRuntime
import TestSupport
import Testing

@testable import avstudio_gateway

struct TokenIssuersFileTests {
    private func read(_ entries: (id: String, issuer: String, keys: String)...) throws -> [String] {
        let folder = try TemporaryFolder("avstudio-issuers")
        let text = entries.map { entry in
            """
              - id: \(entry.id)
                issuer: \(entry.issuer)
                audiences: [avstudio]
                algorithms: [RS256]
                keys_url: \(entry.keys)
                scopes: [files:read]

            """
        }.joined()
        let path = folder.appending("issuers.yaml")
        try Data(("issuers:\n" + text).utf8).write(to: URL(filePath: path))
        return try TokenIssuersFile.read(path).map(\.id)
    }

    private static let keys = "https://login.example.org/jwks.json"

    /// Two issuers of one name would have each other's people.
    @Test func eachIssuerIsThereOnce() throws {
        let ids = try read(("corp", "https://a.example", Self.keys), ("lab", "https://b.example", Self.keys))
        #expect(ids == ["corp", "lab"])
        #expect(throws: ConfigurationError.self) {
            try read(("corp", "https://a.example", Self.keys), ("corp", "https://b.example", Self.keys))
        }
        #expect(throws: ConfigurationError.self) {
            try read(("corp", "https://a.example", Self.keys), ("lab", "https://a.example", Self.keys))
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:8000/jwks.json", true), ("http://127.0.0.1.example.org/jwks.json", false),
        ("http://127.0.0.1@example.org/jwks.json", false), ("http://login.example.org/jwks.json", false),
        ("ftp://127.0.0.1/", false),
    ])
    func keysComeByTLSOrFromThisMachine(_ url: String, _ isTaken: Bool) throws {
        if isTaken {
            #expect(try read(("corp", "https://a.example", url)) == ["corp"])
        } else {
            #expect(throws: ConfigurationError.self) { try read(("corp", "https://a.example", url)) }
        }
    }
}
