import Contracts
import Cryptography
import GatewayCore
import HTTP
import Primitives
import Testing

/// tus 1.0, as a client of the protocol sees it.
struct UploadRouteTests {
    private static let bytes = Bytes((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 13) })
    private static let metadata = "filename \(Base64.encode(Bytes("ü.wav".utf8))),filetype YXVkaW8vd2F2"

    private func headers(_ more: HTTPHeaders) -> HTTPHeaders {
        var headers: HTTPHeaders = ["Tus-Resumable": "1.0.0"]
        for (name, value) in more { headers[name] = value }
        return headers
    }

    private func create(_ door: Door, length: Int = bytes.count) async throws -> String {
        let answer = try await door.send(
            .post, "/files/uploads", headers: headers(["Upload-Length": "\(length)", "Upload-Metadata": Self.metadata]))
        #expect(answer.status == 201)
        #expect(answer.headers["Tus-Resumable"] == "1.0.0")
        #expect(answer.headers["Upload-Expires"]?.hasSuffix("GMT") == true)
        return answer.headers["Location"] ?? ""
    }

    private func patch(_ door: Door, _ location: String, _ bytes: Bytes, at offset: Int, _ more: HTTPHeaders = [:]) async throws
        -> Door.Answer
    {
        var fields = headers(["Upload-Offset": "\(offset)", "Content-Type": "application/offset+octet-stream"])
        for (name, value) in more { fields[name] = value }
        return try await door.send(.patch, location, headers: fields, body: bytes)
    }

    @Test func whatTheServerCanDo() async throws {
        try await Door.with(limits: FileLimits(file: .mib(3))) { door in
            let answer = try await door.send(.options, "/files/uploads", as: nil)
            #expect(answer.status == 204)
            #expect(answer.headers["Tus-Version"] == "1.0.0")
            #expect(answer.headers["Tus-Max-Size"] == "3145728")
            #expect(answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256")
            let extensions = Set((answer.headers["Tus-Extension"] ?? "").split(separator: ","))
            #expect(extensions == ["creation", "creation-with-upload", "checksum", "termination", "expiration"])
        }
    }

    @Test func anUploadIsResumed() async throws {
        try await Door.with { door in
            let location = try await create(door)
            let first = try await patch(door, location, Bytes(Self.bytes[..<60_000]), at: 0)
            #expect(first.status == 204)
            #expect(first.headers["Upload-Offset"] == "60000")
            let head = try await door.send(.head, location, headers: headers([:]))
            #expect(head.status == 200)
            #expect(head.headers["Upload-Offset"] == "60000")
            #expect(head.headers["Upload-Length"] == "100000")
            #expect(head.headers["Cache-Control"] == "no-store")

            let wrong = try await patch(door, location, [1], at: 0)
            #expect(wrong.status == 409)
            #expect(wrong.headers["Tus-Resumable"] == "1.0.0")
            #expect(wrong.headers["Upload-Offset"] == "60000")

            let last = try await patch(door, location, Bytes(Self.bytes[60_000...]), at: 60_000)
            #expect(last.status == 204)
            let file = try #require(last.headers["Upload-File"])
            #expect(try await door.send(.get, "/files/\(file)/content").body == Self.bytes)
            #expect(try await door.send(.get, "/files/\(file)").document["name"] == "ü.wav")
            #expect(try await door.send(.head, location, headers: headers([:])).headers["Upload-File"] == file)
        }
    }

    @Test func creationTakesBytesAlong() async throws {
        try await Door.with { door in
            let answer = try await door.send(
                .post, "/files/uploads",
                headers: headers([
                    "Upload-Length": "\(Self.bytes.count)", "Upload-Metadata": Self.metadata,
                    "Content-Type": "application/offset+octet-stream",
                ]), body: Self.bytes)
            #expect(answer.status == 201)
            #expect(answer.headers["Upload-Offset"] == "100000")
            #expect(answer.headers["Upload-File"] != nil)
        }
    }

    @Test(arguments: UploadChecksum.Algorithm.allCases) func checksums(_ algorithm: UploadChecksum.Algorithm) async throws {
        try await Door.with { door in
            let location = try await create(door)
            let digest = Base64.encode(algorithm == .sha1 ? SHA1.hash(Self.bytes) : SHA256.hash(Self.bytes))
            let wrong = try await patch(
                door, location, [9] + Bytes(Self.bytes.dropFirst()), at: 0, ["Upload-Checksum": "\(algorithm) \(digest)"])
            #expect(wrong.status == 460)
            #expect(try wrong.document["code"] == "checksum-mismatch")
            for field in ["md5 \(digest)", "sha256", "sha256 %%%"] {
                #expect(try await patch(door, location, [1], at: 0, ["Upload-Checksum": field]).status == 400)
            }
            let right = try await patch(door, location, Self.bytes, at: 0, ["Upload-Checksum": "\(algorithm) \(digest)"])
            #expect(right.status == 204)
            #expect(right.headers["Upload-File"] != nil)
        }
    }

    @Test func termination() async throws {
        try await Door.with { door in
            let location = try await create(door)
            #expect(try await door.send(.delete, location, headers: headers([:])).status == 204)
            #expect(try await door.send(.head, location, headers: headers([:])).status == 404)
            #expect(try await patch(door, location, [1], at: 0).status == 404)
            #expect(try door.studio.leftovers == [])
        }
    }

    @Test(
        arguments: [
            (["Tus-Resumable": "0.2.2"], 412, "tus-version"), (["Upload-Length": "-1"], 400, "invalid-upload-length"),
            (["Upload-Length": "x"], 400, "invalid-upload-length"), (["Upload-Length": "99999999999999"], 413, "file-too-large"),
            (["Upload-Metadata": ""], 400, "invalid-file-name"), (["Upload-Metadata": "filename %%%"], 400, "invalid-file-name"),
            (["Upload-Metadata": "filename /w=="], 400, "invalid-file-name"),
            (["Upload-Metadata": "filename Li4vYQ=="], 400, "invalid-file-name"),
        ] as [(HTTPHeaders, Int, String)])
    func wrongBeginnings(_ wrong: HTTPHeaders, _ status: Int, _ code: String) async throws {
        try await Door.with { door in
            var fields = headers(["Upload-Length": "10", "Upload-Metadata": Self.metadata])
            for (name, value) in wrong { fields[name] = value }
            let answer = try await door.send(.post, "/files/uploads", headers: fields)
            #expect(answer.status == status)
            #expect(try answer.document["code"]?.stringValue == code)
            #expect(answer.headers["Tus-Resumable"] == "1.0.0")
            #expect(try door.studio.leftovers == [])
        }
    }

    @Test func wrongPieces() async throws {
        try await Door.with { door in
            let location = try await create(door, length: 10)
            #expect(try await patch(door, location, Bytes(repeating: 1, count: 11), at: 0).status == 400)
            #expect(try await patch(door, location, [1], at: 0, ["Content-Type": "text/plain"]).status == 415)
            #expect(try await patch(door, location, [1], at: 0, ["Upload-Offset": "x"]).status == 400)
            #expect(try await door.send(.head, location, as: .of("bob"), headers: headers([:])).status == 404)
            #expect(try await door.send(.head, location, headers: headers([:])).headers["Upload-Offset"] == "0")
        }
    }
}
