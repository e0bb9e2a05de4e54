import Cryptography
import HTTP
import HTTPClient
import Identity
import Primitives
import TestSupport
import Testing

/// Server callers that sign their requests instead of sending their key, at the public door.
@Suite struct SignedRequestTests {
    private struct Caller {
        let studio: TestStudio
        let signer: RequestSigner
        let client = HTTPClient(
            configuration: HTTPClientConfiguration(retry: nil, circuitBreaker: nil, egress: .allowing(["127.0.0.1"])))

        /// Signs a request, changes it, and sends it.
        /// - Parameters:
        ///   - sent: the body that goes out; the one that was signed when `nil`.
        ///   - path: where it goes; where it was signed for when `nil`.
        func send(
            _ method: HTTPMethod, _ target: String, _ body: Bytes = [], headers: [(String, String)] = [], sent: Bytes? = nil,
            path: String? = nil, nonce: String = Identifier.make("n"), time: Timestamp = .now()
        ) async throws -> (status: Int, document: JSONValue) {
            let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
            let request = SignedRequest(
                method: method.rawValue, scheme: "http", authority: "127.0.0.1:\(studio.port)", path: parts[0],
                query: parts.count > 1 ? parts[1] : nil)
            let signed = try signer.sign(request, body: body, now: time, nonce: nonce)
            var fields: HTTPHeaders = [:]
            for (name, value) in signed.fields + headers { fields.add(name, value) }
            let bytes = sent ?? body
            let response = try await client.send(
                ClientRequest(
                    method, studio.url + (path ?? target), headers: fields, body: bytes.isEmpty ? .none : .bytes(bytes)))
            let answer = try await response.collect(upTo: .mib(1))
            return (response.status.rawValue, answer.isEmpty ? .null : try JSONValue(parsing: answer))
        }
    }

    @Test func whatIsSignedPassesOnceAsItIs() async throws {
        let studio = try await TestStudio.start()
        let made = try await studio.json(
            .post, "/keys", ["name": "server", "scopes": ["files:read", "files:write", "audio:run", "llm"]]
        ).document
        let id = try #require(made["id"]?.stringValue)
        let secret = try #require(made["signing_secret"]?.stringValue.flatMap(Base64.decode))
        let caller = Caller(studio: studio, signer: RequestSigner(keyID: id, key: secret))

        #expect(try await caller.send(.get, "/files?limit=5&before=file_%7E").status == 200)
        let upload = [("Content-Disposition", "attachment; filename=a.txt"), ("Content-Type", "application/json")]
        let body = Bytes("hello".utf8)
        #expect(try await caller.send(.post, "/files", body, headers: upload).status == 201)
        let job = try await caller.send(.post, "/audio/bench-noop", Bytes("{}".utf8), headers: upload + [("Prefer", "wait=20")])
        #expect(job.document["state"] == "succeeded", "\(job.document)")
        #expect(try await caller.send(.get, "/v1/models").status == 200)

        // Another body, in a service that reads it later; another path; again; an old one; another's.
        for (path, content) in [("/files", body), ("/audio/bench-noop", Bytes("{}".utf8)), ("/v1/messages/count_tokens", body)] {
            let changed = try await caller.send(.post, path, content, headers: upload, sent: Bytes(#"{"x":1}"#.utf8))
            #expect(changed.status == 400, "\(path)")
        }
        #expect(try await caller.send(.post, "/files", headers: upload, sent: body).status == 400)
        #expect(try await caller.send(.get, "/files", path: "/audio/jobs").status == 401)
        #expect(try await caller.send(.get, "/files", nonce: "the-same-one").status == 200)
        #expect(try await caller.send(.get, "/files", nonce: "the-same-one").status == 401)
        #expect(try await caller.send(.get, "/files", time: .now().advanced(by: .minutes(-6))).status == 401)
        let forger = Caller(studio: studio, signer: RequestSigner(keyID: id, key: Bytes(repeating: 1, count: 32)))
        #expect(try await forger.send(.get, "/files").status == 401)
        // Only what the key may.
        #expect(try await caller.send(.get, "/keys").status == 403)
        // The one changed body left nothing.
        #expect(try await studio.json(.get, "/files").document["files"]?.arrayValue?.count == 1)

        // A rotation makes another secret; the one before signs for a while.
        let rotated = try await studio.json(.post, "/keys/\(id)/rotate").document
        let next = try #require(rotated["signing_secret"]?.stringValue.flatMap(Base64.decode))
        #expect(next != secret)
        let after = Caller(studio: studio, signer: RequestSigner(keyID: id, key: next))
        for one in [caller, after] { #expect(try await one.send(.get, "/files").status == 200) }
        #expect(try await studio.json(.delete, "/keys/\(id)").status == 204)
        #expect(try await after.send(.get, "/files").status == 401)
        try await studio.stop()
    }
}
