import Cryptography
import FoundationEssentials
import HTTP
import HTTPServer
import Primitives
import TestSupport
import Testing

/// Tokens of another issuer at the public door, signed by OpenSSL and verified with the keys that the issuer publishes.
@Suite struct TokenTests {
    private static let issuer = "https://login.example.org"

    /// An issuer: an RSA key on disk and a server with its key set.
    private struct Issuer {
        let folder: TemporaryFolder
        let server: HTTPServer

        static func start() async throws -> Issuer {
            let folder = try TemporaryFolder("avstudio-issuer")
            let key = folder.appending("key.pem")
            let made = try await CommandRun.run("openssl", ["genrsa", "-out", key, "2048"])
            try #require(made.status == 0, "\(made.errors)")
            let shown = try await CommandRun.run("openssl", ["rsa", "-in", key, "-noout", "-modulus"])
            let hex = shown.output.split(separator: "=").last.map { $0.filter(\.isHexDigit).lowercased() } ?? ""
            let modulus = try #require(Hex.decode(hex))
            let set: JSONValue = [
                "keys": [
                    [
                        "kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": .string(Base64.encodeURL(modulus)),
                        "e": "AQAB",
                    ]
                ]
            ]
            var router = Router()
            router.on(.get, "/jwks.json") { _ in .json(set) }
            let server = HTTPServer(configuration: HTTPServerConfiguration(), router: router)
            try server.start()
            let file = """
                issuers:
                  - id: corp
                    issuer: \(TokenTests.issuer)
                    audiences: [avstudio]
                    algorithms: [RS256]
                    keys_url: http://127.0.0.1:\(server.port)/jwks.json
                    scopes: [files:read, files:write]
                """
            try Data(file.utf8).write(to: URL(filePath: folder.appending("issuers.yaml")))
            return Issuer(folder: folder, server: server)
        }

        func stop() async {
            await server.drain()
            folder.remove()
        }

        /// A token with changes to what is right; a claim that is null is left out.
        func token(_ changes: [String: JSONValue] = [:], header: [String: JSONValue] = [:]) async throws -> String {
            let now = Timestamp.now().milliseconds / 1000
            let right: [String: JSONValue] = [
                "iss": .string(TokenTests.issuer), "aud": "avstudio", "sub": "ann", "iat": .integer(now),
                "exp": .integer(now + 300),
            ]
            let claims = right.merging(changes) { $1 }.filter { $0.value != .null }
            let head = (["alg": "RS256", "kid": "one", "typ": "JWT"] as [String: JSONValue]).merging(header) { $1 }
            let signed = [head, claims].map { Base64.encodeURL(JSONValue.object($0).serialized()) }.joined(separator: ".")
            let path = folder.appending("signed-\(Identifier.make("t"))")
            try Data(signed.utf8).write(to: URL(filePath: path))
            let run = try await CommandRun.run(
                "openssl", ["dgst", "-sha256", "-sign", folder.appending("key.pem"), "-out", path + ".sig", path])
            try #require(run.status == 0, "\(run.errors)")
            return signed + "." + Base64.encodeURL(Bytes(try Data(contentsOf: URL(filePath: path + ".sig"))))
        }
    }

    @Test func onlyGoodTokensOpenAnything() async throws {
        let issuer = try await Issuer.start()
        let studio = try await TestStudio.start(
            environment: ["AVSTUDIO_TOKEN_ISSUERS_FILE": issuer.folder.appending("issuers.yaml")])
        let now = Timestamp.now().milliseconds / 1000
        let good = try await issuer.token()
        let me = try await studio.json(.get, "/me", key: good)
        #expect(me.document["owner"] == "corp:ann", "\(me.document)")
        let file = try await studio.upload([1], name: "a", key: good)
        #expect(try await studio.json(.get, "/files/\(file)", key: good).status == 200)
        #expect(try await studio.json(.get, "/files/\(file)", key: try await issuer.token(["sub": "bob"])).status == 404)
        // What its issuer may not give, and what the token itself leaves out, is refused.
        #expect(try await studio.json(.get, "/keys", key: try await issuer.token(["scope": "admin keys:manage"])).status == 403)
        #expect(
            try await studio.json(.delete, "/files/\(file)", key: try await issuer.token(["scope": "files:read"])).status == 403)

        let parts = good.split(separator: ".")
        let none = Base64.encodeURL(Bytes(#"{"alg":"none","typ":"JWT"}"#.utf8))
        let other = try await issuer.token(["sub": "eve"]).split(separator: ".")
        let mac = Base64.encodeURL(Bytes(#"{"alg":"HS256","kid":"one","typ":"JWT"}"#.utf8)) + "." + parts[1]
        let bad: [String: String] = [
            "expired": try await issuer.token(["iat": .integer(now - 900), "exp": .integer(now - 300)]),
            "not yet valid": try await issuer.token(["nbf": .integer(now + 900)]),
            "wrong audience": try await issuer.token(["aud": "somebody-else"]),
            "no audience": try await issuer.token(["aud": .null]),
            "no end": try await issuer.token(["exp": .null]),
            "unknown issuer": try await issuer.token(["iss": "https://evil.example.org"]),
            "unknown key": try await issuer.token(header: ["kid": "two"]),
            "none": "\(none).\(parts[1]).",
            "none, signed": "\(none).\(parts[1]).\(parts[2])",
            "another's signature": "\(parts[0]).\(other[1]).\(parts[2])",
            "public key as secret": mac + "."
                + Base64.encodeURL(
                    HMACSHA256.authenticate(
                        Bytes(mac.utf8), key: Bytes(try Data(contentsOf: URL(filePath: issuer.folder.appending("key.pem")))))),
            "the studio's own kind, forged": Base64.encodeURL(Bytes(#"{"alg":"HS256","kid":"1","typ":"avs-dashboard+jwt"}"#.utf8))
                + ".\(parts[1]).\(parts[2])",
        ]
        for (name, token) in bad {
            let answer = try await studio.json(.get, "/files", key: token)
            #expect(answer.status == 401, "\(name)")
            #expect(answer.document["code"] == "unauthenticated", "\(name)")
        }
        try await studio.stop()
        await issuer.stop()
    }
}
