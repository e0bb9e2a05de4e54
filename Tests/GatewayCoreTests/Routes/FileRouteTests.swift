import Contracts
import Cryptography
import GatewayCore
import HTTP
import Primitives
import Testing

struct FileRouteTests {
    private static let wav = Bytes("RIFF....WAVE".utf8) + Bytes((0..<5000).map { UInt8(truncatingIfNeeded: $0) })

    @Test(
        arguments: [
            ["Content-Disposition": "attachment; filename=\"it's a \\\"talk\\\".wav\""],
            ["Content-Disposition": "attachment; filename=x.wav; filename*=UTF-8''it%27s%20a%20%22talk%22.wav"],
            ["Upload-Name": "it's%20a%20%22talk%22.wav"],
        ] as [HTTPHeaders])
    func aFileGoesInAndComesOut(_ headers: HTTPHeaders) async throws {
        try await Door.with { door in
            let made = try await door.send(.post, "/files", headers: headers, body: Self.wav)
            #expect(made.status == 201)
            let id = try #require(try made.document["id"]?.stringValue)
            #expect(made.headers["Location"] == "/files/\(id)")
            let file = try await door.send(.get, "/files/\(id)").document
            #expect(file["name"] == "it's a \"talk\".wav")
            #expect(file["media_type"] == "audio/wav")
            #expect(file["size"]?.integerValue == Int64(Self.wav.count))

            let content = try await door.send(.get, "/files/\(id)/content")
            #expect(content.status == 200)
            #expect(content.body == Self.wav)
            #expect(content.headers["Content-Type"] == "audio/wav")
            #expect(content.headers["X-Content-Type-Options"] == "nosniff")
            #expect(content.headers["Content-Disposition"]?.contains("filename*=UTF-8''it%27s%20a%20%22talk%22.wav") == true)
            #expect(content.headers["Repr-Digest"] == "sha-256=:\(Base64.encode(SHA256.hash(Self.wav))):")

            let range = try await door.send(.get, "/files/\(id)/content", headers: ["Range": "bytes=10-19"])
            #expect(range.status == 206)
            #expect(range.body == Bytes(Self.wav[10..<20]))
            #expect(try await door.send(.get, "/files/\(id)/content", headers: ["Range": "bytes=90000-"]).status == 416)
            let head = try await door.send(.head, "/files/\(id)/content")
            #expect(head.headers["Content-Length"] == "\(Self.wav.count)")

            #expect(try await door.send(.delete, "/files/\(id)").status == 204)
            #expect(try await door.send(.get, "/files/\(id)/content").status == 404)
        }
    }

    @Test func aFormHoldsOneFile() async throws {
        try await Door.with { door in
            let form =
                Bytes("--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhi\r\n--b\r\n".utf8)
                + Bytes("Content-Disposition: form-data; name=\"file\"; filename=\"ü.wav\"\r\nContent-Type: text/html\r\n\r\n".utf8)
                + Self.wav
            let headers: HTTPHeaders = ["Content-Type": "multipart/form-data; boundary=\"b\""]
            let made = try await door.send(.post, "/files", headers: headers, body: form + Bytes("\r\n--b--\r\n".utf8))
            #expect(made.status == 201)
            #expect(try made.document["name"] == "ü.wav")
            #expect(try made.document["media_type"] == "audio/wav")
            let id = try made.document["id"]?.stringValue ?? ""
            #expect(try await door.send(.get, "/files/\(id)/content").body == Self.wav)

            let second = Bytes("\r\n--b\r\nContent-Disposition: form-data; filename=b.wav\r\n\r\nx\r\n--b--".utf8)
            for (wrong, boundary) in [(form, "b"), (form + second, "b"), (form, "other"), (Bytes("--b--".utf8), "b"), (form, "")] {
                let answer = try await door.send(
                    .post, "/files", headers: ["Content-Type": "multipart/form-data; boundary=\(boundary)"], body: wrong)
                #expect(answer.status == 400)
                #expect(try answer.document["code"] == "invalid-form")
            }
            #expect(try await door.send(.get, "/files").document["files"]?.arrayValue?.count == 1)
            #expect(try door.studio.paths(in: "blobs/objects").count == 1)
        }
    }

    @Test(
        arguments: [
            ([:], 400, "invalid-file-name", "name"), (["Upload-Name": "a%2Fb"], 400, "invalid-file-name", "name"),
            (["Upload-Name": "a%0Ab"], 400, "invalid-file-name", "name"),
            (["Upload-Name": "a%FF"], 400, "invalid-file-name", "name"),
            (["Upload-Name": ""], 400, "invalid-file-name", "name"),
            (["Content-Disposition": "attachment"], 400, "invalid-file-name", "name"),
            (["Content-Disposition": "attachment; filename*=UTF-8''%C3%28"], 400, "invalid-file-name", "name"),
            (
                ["Upload-Name": "a", "Content-Digest": "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"], 400,
                "digest-mismatch", "Content-Digest"
            ),
            (["Upload-Name": "a", "Repr-Digest": "sha-256=:AAAA:"], 400, "invalid-digest", "Content-Digest"),
        ] as [(HTTPHeaders, Int, String, String)])
    func whatIsWrongIsNamedAndLeavesNothing(_ headers: HTTPHeaders, _ status: Int, _ code: String, _ field: String) async throws {
        try await Door.with { door in
            let answer = try await door.send(.post, "/files", headers: headers, body: Self.wav)
            #expect(answer.status == status)
            #expect(answer.headers["Content-Type"] == "application/problem+json")
            #expect(try answer.document["code"]?.stringValue == code)
            #expect(try answer.document["field"]?.stringValue == field)
            #expect(try door.studio.leftovers == [])
        }
    }

    @Test func aGoodDigestIsAccepted() async throws {
        try await Door.with { door in
            let digest = "sha-512=:AAAA:, sha-256=:\(Base64.encode(SHA256.hash(Self.wav))):"
            let answer = try await door.send(.post, "/files", headers: ["Upload-Name": "a", "Repr-Digest": digest], body: Self.wav)
            #expect(answer.status == 201)
        }
    }

    @Test func sizesAndQuotasAreTold() async throws {
        try await Door.with(limits: FileLimits(file: .bytes(1000), owner: .bytes(1500))) { door in
            let large = try await door.send(.post, "/files", headers: ["Upload-Name": "a"], body: Bytes(repeating: 1, count: 1001))
            #expect(large.status == 413)
            #expect(try large.document["code"] == "file-too-large")
            #expect(try await !door.upload(Bytes(repeating: 1, count: 1000)).isEmpty)
            let full = try await door.send(.post, "/files", headers: ["Upload-Name": "a"], body: Bytes(repeating: 2, count: 501))
            #expect(full.status == 507)
            #expect(try full.document["code"] == "quota-exceeded")
        }
    }

    @Test func pagesFollowTheCursor() async throws {
        try await Door.with { door in
            for value: UInt8 in 0..<5 { #expect(try await !door.upload([value]).isEmpty) }
            let first = try await door.send(.get, "/files?limit=3").document
            #expect(first["files"]?.arrayValue?.count == 3)
            let next = try #require(first["next"]?.stringValue)
            let second = try await door.send(.get, "/files?limit=3&before=\(next)").document
            #expect(second["files"]?.arrayValue?.count == 2)
            #expect(second["next"] == .null)
            for limit in ["0", "501", "x"] { #expect(try await door.send(.get, "/files?limit=\(limit)").status == 400) }
        }
    }

    @Test func strangersSeeNothing() async throws {
        try await Door.with { door in
            let id = try await door.upload(Self.wav)
            for path in ["/files/\(id)", "/files/\(id)/content", "/files/..%2F..%2Fowner.key"] {
                #expect([400, 404].contains(try await door.send(.get, path, as: .of("bob")).status))
            }
            #expect(try await door.send(.delete, "/files/\(id)", as: .of("bob")).status == 404)
            #expect(try await door.send(.get, "/files/\(id)", as: nil).status == 401)
            #expect(try await door.send(.delete, "/files/\(id)", as: .of("ann", [.filesRead])).status == 403)
            let seen = try await door.send(.get, "/files/\(id)", as: .administrator)
            #expect(seen.status == 200, "\(String(decoding: seen.body, as: UTF8.self))")
        }
    }

    @Test func nginxSendsTheBytes() async throws {
        try await Door.with(usesAccelRedirect: true) { door in
            let id = try await door.upload(Self.wav)
            let answer = try await door.send(.get, "/files/\(id)/content")
            let hex = Hex.encode(SHA256.hash(Self.wav))
            #expect(answer.headers["X-Accel-Redirect"] == "/internal/blobs/objects/\(hex.prefix(2))/\(hex)")
            #expect(answer.headers["Content-Disposition"]?.hasPrefix("attachment") == true)
            #expect(answer.body.isEmpty)
            #expect(try await door.send(.get, "/files/\(id)/content", as: .of("bob")).headers["X-Accel-Redirect"] == nil)
        }
    }
}
