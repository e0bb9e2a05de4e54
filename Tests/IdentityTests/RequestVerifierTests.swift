import Cryptography
import Identity
import Primitives
import Testing

struct RequestVerifierTests {
    private static let key = Bytes(repeating: 5, count: 32)
    private static let body = Bytes(#"{"model":"m"}"#.utf8)

    private static func verifier(_ scratch: Scratch) -> RequestVerifier {
        RequestVerifier(nonces: NonceStore(scratch.database), clock: scratch.clock.read) { id in
            switch id {
            case "caller": [Bytes(repeating: 9, count: 32), key]
            default: []
            }
        }
    }

    private static func request(_ fields: [(String, String)] = []) -> SignedRequest {
        SignedRequest(
            method: "POST", authority: "studio.example", path: "/v1/chat/completions", query: "a=1&b=%20",
            fields: fields.map { (name: $0.0, value: $0.1) })
    }

    private static func outcome(_ scratch: Scratch, _ request: SignedRequest, _ body: Bytes = body) async throws -> String {
        do {
            return try await verifier(scratch).verify(request, body: body)
        } catch let error as SignatureError {
            return error.code
        }
    }

    private static let signer = RequestSigner(keyID: "caller", key: key)

    @Test func aRequestPassesOnce() async throws {
        try await Scratch.with { scratch in
            let request = try Self.signer.sign(Self.request(), body: Self.body, now: scratch.clock.now)
            #expect(try await Self.outcome(scratch, request) == "caller")
            #expect(try await Self.outcome(scratch, request) == "signature-replayed")
            let other = try Self.signer.sign(Self.request(), body: Self.body, now: scratch.clock.now)
            #expect(try await Self.outcome(scratch, other) == "caller")
        }
    }

    @Test func ofManyEqualRequestsOnePasses() async throws {
        try await Scratch.with { scratch in
            let request = try Self.signer.sign(Self.request(), body: Self.body, now: scratch.clock.now)
            let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<30 { group.addTask { try await Self.outcome(scratch, request) == "caller" } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(passed == 1)
        }
    }

    @Test func nothingCanBeChanged() async throws {
        try await Scratch.with { scratch in
            let signed = try Self.signer.sign(Self.request(), body: Self.body, now: scratch.clock.now)
            var changes: [(String, SignedRequest)] = []
            func change(_ expected: String, _ body: (inout SignedRequest) -> Void) {
                var request = signed
                body(&request)
                changes.append((expected, request))
            }
            change("signature-wrong") { $0.method = "PUT" }
            change("signature-wrong") { $0.authority = "other.example" }
            change("signature-wrong") { $0.path = "/v1/chat/completions/" }
            change("signature-wrong") { $0.query = "a=1&b=+" }
            change("signature-wrong") { $0.query = nil }
            change("signature-component") { $0.fields.removeAll { $0.name == "Content-Digest" } }
            change("signature-missing") { $0.fields.removeAll { $0.name == "Signature" } }
            change("signature-missing") { $0.fields.removeAll { $0.name == "Signature-Input" } }
            change("signature-wrong") { request in
                guard let index = request.fields.firstIndex(where: { $0.name == "Signature-Input" }) else { return }
                request.fields[index].value = request.fields[index].value.replacing("created=18", with: "created=17")
            }
            #expect(changes.count == 9)
            for (expected, request) in changes.dropLast() { #expect(try await Self.outcome(scratch, request) == expected) }
            #expect(try await Self.outcome(scratch, try #require(changes.last).1) == "signature-time")
            #expect(try await Self.outcome(scratch, signed, Bytes("{}".utf8)) == "content-digest-mismatch")
            #expect(try await Self.outcome(scratch, signed, []) == "content-digest-mismatch")
            // None of all these has used the nonce up.
            #expect(try await Self.outcome(scratch, signed) == "caller")
        }
    }

    @Test(arguments: [
        (-301, "signature-time"), (-300, "caller"), (0, "caller"), (30, "caller"), (31, "signature-time"),
        (100_000, "signature-time"),
    ])
    func theWindow(_ seconds: Int, _ expected: String) async throws {
        try await Scratch.with { scratch in
            let time = scratch.clock.now.advanced(by: .seconds(seconds))
            let request = try Self.signer.sign(Self.request(), body: Self.body, now: time)
            #expect(try await Self.outcome(scratch, request) == expected)
        }
    }

    /// While a signature could pass for its time, its nonce is known, also after sweeping.
    @Test func noncesAreKeptAsLongAsTheyAreNeeded() async throws {
        try await Scratch.with { scratch in
            let time = scratch.clock.now.advanced(by: RequestVerifier.skew)
            let request = try Self.signer.sign(Self.request(), body: Self.body, now: time)
            #expect(try await Self.outcome(scratch, request) == "caller")
            for _ in 0..<40 {
                scratch.clock.advance(.seconds(10))
                try await NonceStore(scratch.database).sweep(now: scratch.clock.now)
                #expect(["signature-replayed", "signature-time"].contains(try await Self.outcome(scratch, request)))
            }
            #expect(try await scratch.rows("nonce") == 0)
        }
    }

    @Test func unknownKeysAndOldSecrets() async throws {
        try await Scratch.with { scratch in
            let (now, body) = (scratch.clock.now, Self.body)
            let stranger = try RequestSigner(keyID: "stranger", key: Self.key).sign(Self.request(), body: body, now: now)
            #expect(try await Self.outcome(scratch, stranger) == "signature-key-unknown")
            let wrong = try RequestSigner(keyID: "caller", key: Bytes(repeating: 1, count: 32)).sign(
                Self.request(), body: body, now: now)
            #expect(try await Self.outcome(scratch, wrong) == "signature-wrong")
            let newer = try RequestSigner(keyID: "caller", key: Bytes(repeating: 9, count: 32)).sign(
                Self.request(), body: body, now: now)
            #expect(try await Self.outcome(scratch, newer) == "caller")
            let short = try Self.signer.sign(Self.request(), body: body, now: now, nonce: "short")
            #expect(try await Self.outcome(scratch, short) == "signature-missing")
        }
    }

    /// Requests that the Python package `http-message-signatures` has signed.
    @Test func requestsOfAnotherImplementation() async throws {
        let fixture = try Fixture.read("requests.json")
        let key = try #require(fixture["key"]?.stringValue.flatMap(Base64.decodeURL))
        let requests = try #require(fixture["requests"]?.arrayValue)
        #expect(requests.count == 4)
        try await Scratch.with { scratch in
            let verifier = RequestVerifier(nonces: NonceStore(scratch.database), clock: scratch.clock.read) { _ in [key] }
            for document in requests {
                let target = try #require(document["target"]?.stringValue)
                let body = try #require(document["body"]?.stringValue.flatMap(Base64.decode))
                let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                var request = SignedRequest(
                    method: try #require(document["method"]?.stringValue),
                    authority: try #require(document["authority"]?.stringValue),
                    path: parts[0], query: parts.count > 1 ? parts[1] : nil)
                for field in document["fields"]?.arrayValue ?? [] {
                    request.fields.append((field["name"]?.stringValue ?? "", field["value"]?.stringValue ?? ""))
                }
                #expect(try await verifier.verify(request, body: body) == "caller")
                await #expect(throws: SignatureError.replayed) { try await verifier.verify(request, body: body) }
            }
        }
    }

    /// A signature over too little is no signature, even a right one.
    @Test(arguments: [
        (#"("@authority" "@path" "@query" "content-digest")"#, "signature-uncovered"),
        (#"("@method" "@path" "@query" "content-digest")"#, "signature-uncovered"),
        (#"("@method" "@authority" "@query" "content-digest")"#, "signature-uncovered"),
        (#"("@method" "@authority" "@path" "content-digest")"#, "signature-uncovered"),
        (#"("@method" "@authority" "@path" "@query")"#, "signature-uncovered"),
        (#"("@method" "@target-uri" "content-digest")"#, "caller"),
        (#"("@method" "@authority" "@request-target" "content-digest")"#, "caller"),
    ])
    func coverage(_ components: String, _ expected: String) async throws {
        try await Scratch.with { scratch in
            let parameters = #";created=1800000000;nonce="0123456789";keyid="caller""#
            let names = components.dropFirst().dropLast().split(separator: " ").map { $0.dropFirst().dropLast() }
            let values: [Substring: String] = [
                "@method": "POST", "@authority": "studio.example", "@path": "/v1/chat/completions", "@query": "?a=1&b=%20",
                "@request-target": "/v1/chat/completions?a=1&b=%20",
                "@target-uri": "https://studio.example/v1/chat/completions?a=1&b=%20",
                "content-digest": ContentDigest.header(Self.body),
            ]
            let lines = try names.map { "\"\($0)\": \(try #require(values[$0]))\n" }.joined()
            let base = lines + "\"@signature-params\": " + components + parameters
            let signature = Base64.encode(HMACSHA256.authenticate(Bytes(base.utf8), key: Self.key))
            let request = Self.request([
                ("Content-Digest", ContentDigest.header(Self.body)), ("Signature-Input", "s=" + components + parameters),
                ("Signature", "s=:\(signature):"),
            ])
            #expect(try await Self.outcome(scratch, request) == expected)
        }
    }
}
