import Cryptography
import Identity
import Primitives
import TestSupport
import Testing

/// One token of Fixtures/tokens.json.
struct TokenCase: Sendable, CustomTestStringConvertible {
    let name: String
    let expected: String
    let token: String

    var testDescription: String { name }

    static func all(_ list: String) throws -> [TokenCase] {
        try (Fixture.read("tokens.json")[list]?.arrayValue ?? []).map { value in
            TokenCase(
                name: try #require(value["name"]?.stringValue), expected: try #require(value["expect"]?.stringValue),
                token: try #require(value["token"]?.stringValue))
        }
    }
}

struct TokenVerifierTests {
    private static func issuer(_ keys: TokenIssuer.Keys, _ algorithms: Set<TokenAlgorithm>) throws -> TokenIssuer {
        let fixture = try Fixture.read("tokens.json")
        return TokenIssuer(
            name: try #require(fixture["issuer"]?.stringValue), audiences: [try #require(fixture["audience"]?.stringValue)],
            algorithms: algorithms, keys: keys)
    }

    private static func publicVerifier(_ algorithms: Set<TokenAlgorithm> = [.rs256, .es256]) throws -> TokenVerifier {
        let document = try #require(try Fixture.read("tokens.json")["jwks"]).serialized()
        let set = try JSONWebKeySet(parsing: document)
        return TokenVerifier([try issuer(.fixed(set), algorithms)], clock: { TestClock.start })
    }

    private static func outcome(_ verifier: TokenVerifier, _ token: String) async -> String {
        do throws(TokenError) {
            return try await verifier.verify(token).issuer == nil ? "no issuer" : "ok"
        } catch {
            return error.code
        }
    }

    /// Tokens that PyJWT has signed.
    @Test(arguments: try TokenCase.all("public"))
    func tokensOfAnIssuerWithPublicKeys(_ token: TokenCase) async throws {
        #expect(await Self.outcome(try Self.publicVerifier(), token.token) == token.expected)
    }

    @Test(arguments: try TokenCase.all("shared"))
    func tokensOfAnIssuerWithASecret(_ token: TokenCase) async throws {
        let text = try #require(try Fixture.read("tokens.json")["secret"]?.stringValue)
        let document: JSONValue = ["keys": [["kty": "oct", "k": .string(text), "kid": "s1"]]]
        let set = try JSONWebKeySet(parsing: document.serialized(), allowsSecrets: true)
        let verifier = TokenVerifier([try Self.issuer(.fixed(set), [.hs256])], clock: { TestClock.start })
        #expect(await Self.outcome(verifier, token.token) == token.expected)
    }

    /// Even an issuer that may use every algorithm can not have its public key taken for a secret.
    @Test func algorithmConfusion() async throws {
        let verifier = try Self.publicVerifier([.hs256, .rs256, .es256])
        let confused = try TokenCase.all("public").filter {
            ["the public key as secret", "hs256 where only public keys are"].contains($0.name)
        }
        #expect(confused.count == 2)
        for token in confused { #expect(await Self.outcome(verifier, token.token) == "token-key-unknown") }
        let signed = try #require(try TokenCase.all("public").first { $0.name == "rs256" })
        #expect(await Self.outcome(try Self.publicVerifier([.es256]), signed.token) == "token-algorithm")
    }

    /// Any change of any character makes a token worthless.
    @Test(arguments: ["rs256", "es256"])
    func changedTokens(_ name: String) async throws {
        let verifier = try Self.publicVerifier()
        let text = Bytes(try #require(try TokenCase.all("public").first { $0.name == name }).token.utf8)
        var generator = SplitMix(seed: 7515)
        for _ in 0..<100 {
            var changed = text
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: changed[Int.random(in: changed.indices, using: &generator)] = UInt8.random(in: 0...127, using: &generator)
            case 1: changed.remove(at: Int.random(in: changed.indices, using: &generator))
            case 2:
                changed.insert(
                    UInt8.random(in: 32...126, using: &generator), at: Int.random(in: changed.indices, using: &generator))
            default:
                changed.swapAt(
                    Int.random(in: changed.indices, using: &generator), Int.random(in: changed.indices, using: &generator))
            }
            guard changed != text else { continue }
            #expect(await Self.outcome(verifier, String(decoding: changed, as: UTF8.self)) != "ok")
        }
    }

    @Test(arguments: [
        "", ".", "..", "...", "a.b", "a.b.c.d", "e30.e30.", "e30.e30.e30", "W10.e30.e30", " e30.e30.e30", "e30=.e30.e30",
    ])
    func noTokens(_ text: String) async throws {
        #expect(["token-malformed", "token-algorithm"].contains(await Self.outcome(try Self.publicVerifier(), text)))
    }

    @Test func longTokensAreNotRead() async throws {
        let verifier = try Self.publicVerifier()
        #expect(await Self.outcome(verifier, String(repeating: "a", count: 10_000_000)) == "token-malformed")
        let deep = String(repeating: "[", count: 5000)
        #expect(await Self.outcome(verifier, Base64.encodeURL(Bytes(deep.utf8)) + ".e30.e30") == "token-malformed")
    }

    /// RFC 7515, appendices A.1 to A.3: one payload, signed in three ways.
    @Test(arguments: [
        (
            TokenAlgorithm.hs256,
            #"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#,
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        ),
        (
            .rs256,
            """
            {"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT\
            -SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbB\
            YUsLA9e-KXBdQOS-UTo7WTBEMa2R2Cap\
            Hg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2eth\
            FkMLs91kzk2PAcDTW9gb54h4FRWyuXpo\
            Q","e":"AQAB"}
            """,
            "eyJhbGciOiJSUzI1NiJ9",
            """
            cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W\
            2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQ\
            jbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383\
            LcOLn6_dO--xi12jzDwusC-eOkHWEsqt\
            FZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
            """
        ),
        (
            .es256,
            """
            {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"\
            ,"y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
            """,
            "eyJhbGciOiJFUzI1NiJ9", "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
        ),
    ])
    func theStandardsExamples(_ algorithm: TokenAlgorithm, _ key: String, _ header: String, _ signature: String) async throws {
        let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let set = try JSONWebKeySet(parsing: Bytes("{\"keys\":[\(key)]}".utf8), allowsSecrets: true)
        let issuer = TokenIssuer(name: "joe", audiences: [], algorithms: [algorithm], keys: .fixed(set))
        let verifier = TokenVerifier([issuer], clock: { Timestamp(milliseconds: 1_300_819_000_000) })
        let claims = try verifier.verifyAtOnce("\(header).\(payload).\(signature)")
        #expect(claims.members["http://example.com/is_root"] == true)
        #expect(claims.expires == Timestamp(milliseconds: 1_300_819_380_000))
        let late = TokenVerifier([issuer], clock: { Timestamp(milliseconds: 1_300_819_440_000) })
        #expect(throws: TokenError.expired) { try late.verifyAtOnce("\(header).\(payload).\(signature)") }
    }

    /// What is signed here is, byte for byte, what PyJWT signs.
    @Test func signedTokens() throws {
        let fixture = try Fixture.read("tokens.json")
        let secret = try #require(fixture["secret"]?.stringValue.flatMap(Base64.decodeURL))
        let claims = try #require(fixture["minted"]?["claims"]?.objectValue)
        #expect(try TokenSigner(secret: secret, id: "7").sign(claims) == fixture["minted"]?["token"]?.stringValue)
        #expect(throws: TokenError.self) { try TokenSigner(secret: Bytes(secret.dropLast()), id: "7") }
    }

    @Test func oneIssuerDoesNotSpeakForAnother() async throws {
        let (mine, theirs) = (Bytes(repeating: 1, count: 32), Bytes(repeating: 2, count: 32))
        let issuers = try [("a", mine), ("b", theirs)].map { name, secret in
            TokenIssuer(
                name: name, audiences: ["x"], algorithms: [.hs256],
                keys: .fixed(JSONWebKeySet([try JSONWebKey(secret: secret, id: "k")])))
        }
        let verifier = TokenVerifier(issuers, clock: { TestClock.start })
        let claims: [String: JSONValue] = ["iss": "a", "aud": "x", "exp": .integer(TestClock.start.milliseconds / 1000 + 60)]
        #expect(await Self.outcome(verifier, try TokenSigner(secret: mine, id: "k").sign(claims)) == "ok")
        #expect(await Self.outcome(verifier, try TokenSigner(secret: theirs, id: "k").sign(claims)) == "token-signature")
    }

    @Test func aLongestLife() async throws {
        let secret = Bytes(repeating: 1, count: 32)
        var issuer = TokenIssuer(
            name: "a", audiences: ["x"], algorithms: [.hs256],
            keys: .fixed(JSONWebKeySet([try JSONWebKey(secret: secret, id: "k")])))
        issuer.longestLife = .hours(1)
        let verifier = TokenVerifier([issuer], clock: { TestClock.start })
        let now = TestClock.start.milliseconds / 1000
        for (issued, expires, expected) in [
            (now, now + 3600, "ok"), (now - 3659, now + 10, "ok"), (now - 3660, now + 10, "token-expired"),
            (now, now + 3661, "token-claim"), (nil, now + 10, "token-claim"),
        ] {
            var claims: [String: JSONValue] = ["iss": "a", "aud": "x", "exp": .integer(expires)]
            claims["iat"] = issued.map { .integer($0) }
            #expect(await Self.outcome(verifier, try TokenSigner(secret: secret, id: "k").sign(claims)) == expected)
        }
    }
}
