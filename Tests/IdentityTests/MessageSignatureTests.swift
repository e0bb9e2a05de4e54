import Cryptography
import Identity
import Primitives
import TestSupport
import Testing

struct MessageSignatureTests {
    /// The request of RFC 9421, B.2, with the signature of B.2.5.
    private static let example = SignedRequest(
        method: "POST", authority: "example.com", path: "/foo", query: "param=Value&Pet=dog",
        fields: [
            ("Host", "example.com"), ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"), ("Content-Type", "application/json"),
            (
                "Content-Digest",
                "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
            ),
            ("Content-Length", "18"),
            (
                "Signature-Input",
                #"sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#
            ),
            ("Signature", "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:"),
        ])
    /// RFC 9421, B.1.5.
    private static let key =
        Base64.decode(
            "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==") ?? []

    @Test func theStandardsExample() throws {
        let signature = try MessageSignature(of: Self.example)
        #expect(signature.components == ["date", "@authority", "content-type"])
        #expect(signature.keyID == "test-shared-secret")
        #expect(signature.created == 1_618_884_473)
        #expect(Self.key.count == 64)
        #expect(try signature.verifies(Self.example, key: Self.key))
        #expect(try !signature.verifies(Self.example, key: Self.key.reversed()))
        #expect(try !signature.verifies(Self.example, key: []))
        let body = Bytes(#"{"hello": "world"}"#.utf8)
        #expect(ContentDigest.matches(try #require(Self.example.fields.first { $0.name == "Content-Digest" }).value, body: body))
    }

    /// The same message in another dress: spaces, case, another label, fields in several lines.
    @Test func equalMessages() throws {
        var other = Self.example
        other.authority = "EXAMPLE.com:443"
        other.fields = other.fields.filter { !["Signature-Input", "Signature", "Content-Type"].contains($0.name) }
        other.fields.append(("content-TYPE", " \tapplication/json  "))
        other.fields.append(
            (
                "signature-input",
                #" x=(  "date"   "@authority" "content-type" ); created=1618884473; keyid="test-shared-secret""#
            ))
        other.fields.append(("signature", "x=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:"))
        #expect(try MessageSignature(of: other).verifies(other, key: Self.key))
    }

    @Test func whatIsSignedCanNotBeChanged() throws {
        let signature = try MessageSignature(of: Self.example)
        var changed = Self.example
        changed.authority = "example.com:444"
        #expect(try !signature.verifies(changed, key: Self.key))
        changed = Self.example
        changed.fields.append(("Date", "Tue, 20 Apr 2021 02:07:56 GMT"))
        #expect(try !signature.verifies(changed, key: Self.key))
        changed = Self.example
        changed.fields.removeAll { $0.name == "Date" }
        #expect(throws: SignatureError.component("date")) { try signature.verifies(changed, key: Self.key) }
        // A line break in a field could make it look like two.
        changed.fields.append(("Date", "Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com"))
        #expect(throws: SignatureError.component("date")) { try signature.verifies(changed, key: Self.key) }
    }

    @Test(arguments: [
        "", "sig", "sig=", "sig=(", "sig=()", "sig=(\"date\"", "sig=(date)", "sig=(\"date\";sf)", "sig=(\"Date\")",
        "sig=(\"date\" \"date\")", "sig=(\"date\")x", "sig=(\"date\"),", "sig=(\"date\"), a=(\"date\")",
        "sig=(\"date\");created=\"1\"",
        "sig=(\"date\");created=1.5", "sig=(\"date\");created=1234567890123456", "sig=(\"date\");keyid=7",
        "sig=(\"date\");alg=\"rsa-pss-sha512\"",
        "sig=(\"date\");alg=hmac-sha256", "Sig=(\"date\")", "sig=(\"da\u{7}te\")", "sig=:aGFsbG8=:", "sig=(\"date\"\"@path\")",
        "sig=(" + Array(repeating: "\"a\"", count: 40).joined(separator: " ") + ")", "other=(\"date\")",
    ])
    func inputsThatCanNotBeRead(_ input: String) {
        var request = Self.example
        request.fields.removeAll { $0.name == "Signature-Input" || $0.name == "Signature" }
        request.fields += [("Signature-Input", input), ("Signature", "sig=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:")]
        #expect((try? MessageSignature(of: request).verifies(request, key: Self.key)) != true)
    }

    /// Changed headers end nothing, and what still fits covers the same.
    @Test func changedHeaders() throws {
        let original = try MessageSignature(of: Self.example)
        var generator = SplitMix(seed: 9421)
        for _ in 0..<2000 {
            var request = Self.example
            let field = request.fields.count - Int.random(in: 1...2, using: &generator)
            var bytes = Bytes(request.fields[field].value.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(Bytes("();=:\",\\ ?*".utf8).randomElement(using: &generator) ?? 0, at: place)
                }
            }
            request.fields[field].value = String(decoding: bytes, as: UTF8.self)
            guard let changed = try? MessageSignature(of: request), (try? changed.verifies(request, key: Self.key)) == true else {
                continue
            }
            #expect(changed.components == original.components)
            #expect(changed.created == original.created)
            #expect(changed.keyID == original.keyID)
        }
    }

    /// RFC 9530, appendix D, and what must not pass.
    @Test(arguments: [
        ("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", true),
        ("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:", false),
        (
            """
            sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, \
            sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:
            """,
            true
        ),
        ("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, sha-512=:AAAA:", false),
        ("md5=:AAAA:, sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", true), ("md5=:AAAA:", false), ("", false),
        ("sha-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=", false), ("sha-256", false), ("sha-256=::", false),
    ])
    func digests(_ header: String, _ matches: Bool) {
        #expect(ContentDigest.matches(header, body: Bytes(#"{"hello": "world"}"#.utf8)) == matches)
    }
}
