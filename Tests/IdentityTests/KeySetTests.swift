import Cryptography
import Identity
import Primitives
import Synchronization
import Testing

struct KeySetTests {
    private static func document(_ ids: [String]) throws -> Bytes {
        let keys = try #require(try Fixture.read("tokens.json")["jwks"]?["keys"]?.arrayValue)
        return (["keys": .array(keys.filter { key in ids.contains { key["kid"] == .string($0) } })] as JSONValue).serialized()
    }

    @Test func keysOfOtherKindsArePassedOver() throws {
        let document = try #require(try Fixture.read("tokens.json")["jwks"]).serialized()
        #expect(try JSONWebKeySet(parsing: document).keys.map(\.id) == ["r1", "r2", "e1"])
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[1,"a",null]}"#, #"{"keys":[{"kty":"RSA"}]}"#,
        #"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#, #"{"keys":[{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}]}"#,
        #"{"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}"#,
    ])
    func setsWithoutAKey(_ text: String) {
        #expect(throws: TokenError.self) { try JSONWebKeySet(parsing: Bytes(text.utf8)) }
    }

    @Test func limits() {
        #expect(throws: TokenError.self) { try JSONWebKeySet(parsing: Bytes(repeating: 32, count: JSONWebKeySet.maximumSize + 1)) }
        let many = "{\"keys\":[" + Array(repeating: "{}", count: 101).joined(separator: ",") + "]}"
        #expect(throws: TokenError.self) { try JSONWebKeySet(parsing: Bytes(many.utf8)) }
        #expect(throws: TokenError.self) { try JSONWebKey(secret: Bytes(repeating: 1, count: 31), id: nil) }
    }

    /// A server of keys that counts how often it is asked.
    private final class Server: Sendable {
        let clock = TestClock()
        private let state: Mutex<(document: Bytes?, asked: Int)>

        init(_ ids: [String]) throws {
            state = Mutex((try KeySetTests.document(ids), 0))
        }

        var asked: Int { state.withLock { $0.asked } }

        func serve(_ document: Bytes?) { state.withLock { $0.document = document } }

        func cache() -> KeySetCache {
            KeySetCache(clock: clock.read) {
                try self.state.withLock { state in
                    state.asked += 1
                    guard let document = state.document else { throw TokenError.keysUnavailable }
                    return document
                }
            }
        }
    }

    @Test func keysAreFetchedOnceAndAgainWhenTheyAreOld() async throws {
        let server = try Server(["r1"])
        let cache = server.cache()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { await #expect(throws: Never.self) { try await cache.keys(for: "r1") } } }
        }
        #expect(server.asked == 1)
        server.clock.advance(.minutes(59))
        _ = try await cache.keys(for: "r1")
        #expect(server.asked == 1)
        server.clock.advance(.minutes(1))
        _ = try await cache.keys(for: "r1")
        #expect(server.asked == 2)
    }

    @Test func aRotatedKeyIsFoundAndUnknownOnesDoNotFloodTheIssuer() async throws {
        let server = try Server(["r1"])
        let cache = server.cache()
        _ = try await cache.keys(for: "r1")
        server.clock.advance(.minutes(2))
        server.serve(try Self.document(["r1", "r2"]))
        #expect(try await cache.keys(for: "r2").keys.count == 2)
        #expect(server.asked == 2)
        for index in 0..<100 { _ = try await cache.keys(for: "unknown \(index)") }
        #expect(server.asked == 2)
        server.clock.advance(.seconds(60))
        for index in 0..<100 { _ = try await cache.keys(for: "unknown \(index)") }
        #expect(server.asked == 3)
    }

    @Test func anIssuerThatIsAwayKeepsItsKeysForADay() async throws {
        let server = try Server(["r1"])
        let cache = server.cache()
        _ = try await cache.keys(for: "r1")
        server.serve(nil)
        server.clock.advance(.hours(23))
        #expect(try await cache.keys(for: "r1").keys.count == 1)
        server.serve(Bytes("<html>".utf8))
        server.clock.advance(.hours(1))
        await #expect(throws: TokenError.keysUnavailable) { try await cache.keys(for: "r1") }
        server.serve(try Self.document(["r1"]))
        await #expect(throws: TokenError.keysUnavailable) { try await cache.keys(for: "r1") }
        server.clock.advance(.seconds(60))
        #expect(try await cache.keys(for: "r1").keys.count == 1)
    }

    @Test func aVerifierWithFetchedKeys() async throws {
        let server = try Server(["r1"])
        let fixture = try Fixture.read("tokens.json")
        let issuer = TokenIssuer(
            name: try #require(fixture["issuer"]?.stringValue), audiences: ["studio"], algorithms: [.rs256],
            keys: .fetched(server.cache()))
        let verifier = TokenVerifier([issuer], clock: server.clock.read)
        let token = try #require(try TokenCase.all("public").first { $0.name == "rs256" }).token
        #expect(try await verifier.verify(token).subject == "ann")
        #expect(throws: TokenError.keysUnavailable) { try verifier.verifyAtOnce(token) }
    }
}
