import Foundation
import HTTP
import Primitives
import TestSupport
import Testing

/// What strangers send: each gets a 4xx problem document that names what is wrong, and leaves nothing behind.
@Suite(.serialized) final class BadInputTests: Sendable {
    private static let shared = SharedStudio()

    enum Content: String, CaseIterable, Sendable {
        case text, empty, truncated, zeroSamples, playlist, concatScript, headerBomb
    }

    private func bytes(_ content: Content) async throws -> Bytes {
        switch content {
        case .text: return Bytes("This is a letter, not a recording.".utf8)
        case .empty: return []
        case .truncated: return Bytes(try await Recording.speech().prefix(40))
        case .zeroSamples: return Bytes(try await Recording.tone(hertz: 440).prefix(44)).replacingDataSize(with: 0)
        case .playlist: return Bytes("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n".utf8)
        case .concatScript: return Bytes("ffconcat version 1.0\nfile '/etc/passwd'\n".utf8)
        case .headerBomb:
            // A PNG that says it is 30000 by 30000 pixels.
            return Bytes([
                0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0x75, 0x30, 0, 0, 0x75,
                0x30, 8, 6, 0, 0, 0, 0, 0, 0, 0,
            ])
        }
    }

    @Test(arguments: Content.allCases, ["/audio/normalize", "/audio/probe"]) func mediaThatIsNone(
        _ content: Content, _ path: String
    ) async throws {
        let studio = try await Self.shared.studio()
        let sent = try await studio.send(
            .post, "/files", body: try await bytes(content), headers: ["Content-Disposition": "attachment; filename=\"x.wav\""])
        if sent.status != 201 {
            #expect((400..<500).contains(sent.status))
            #expect(try JSONValue(parsing: sent.body)["code"]?.stringValue?.isEmpty == false)
            return
        }
        let file = try JSONValue(parsing: sent.body)["id"] ?? .null
        let answer = try await studio.json(.post, path, ["input": file], headers: ["Prefer": "wait=30"])
        if content == .truncated || content == .zeroSamples, path == "/audio/probe", answer.status == 200 { return }
        #expect(answer.status == 422, "\(answer.document)")
        #expect(answer.headers["Content-Type"]?.hasPrefix("application/problem+json") == true)
        #expect(
            answer.document["code"]?.stringValue.map { $0 != "internal-error" && $0 != "process-crashed" } == true,
            "\(answer.document)")
        #expect(answer.document["detail"]?.stringValue?.contains("root:") == false)
        let scratch = try FileManager.default.subpathsOfDirectory(atPath: studio.folder + "/audio/scratch").filter {
            $0.contains("run_")
        }
        #expect(scratch.isEmpty)
    }

    @Test(
        arguments: [
            (#"{"input": "file_x", "parameters": {"presett": "podcast"}}"#, 422, "presett"),
            (#"{"input": "file_x", "parameters": {"target_lufs": 400}}"#, 422, "target_lufs"),
            (#"{"input": "file_x", "parameters": {"target_lufs": "loud"}}"#, 422, "target_lufs"),
            (#"{"input": "file_x", "surprise": 1}"#, 422, "surprise"), (#"{"input": 7}"#, 422, "input"),
            (#"{"input": "file_01k00000000000000000000000"}"#, 404, "input"), (#"{}"#, 422, "input"),
            (#"{"input": "file_x", "parameters": {"target_lufs": NaN}}"#, 400, nil), (#"{"input": "#, 400, nil), ("[]", 400, nil),
        ] as [(String, Int, String?)])
    func requestsThatAreWrong(_ body: String, _ status: Int, _ field: String?) async throws {
        let studio = try await Self.shared.studio()
        let answer = try await studio.send(
            .post, "/audio/normalize", body: Bytes(body.utf8), headers: ["Content-Type": "application/json"])
        let problem = try JSONValue(parsing: answer.body)
        #expect(answer.status == status, "\(problem)")
        #expect(problem["field"]?.stringValue == field, "\(problem)")
        #expect(problem["detail"]?.stringValue?.isEmpty == false)
    }

    /// Files on the disk below the studio's blobs and the scratch folder of its jobs.
    private func traces(_ studio: TestStudio) throws -> Set<String> {
        var found: Set<String> = []
        for folder in [studio.folder + "/blobs", studio.folder + "/audio/scratch"] {
            for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder) else { continue }
                if !isFolder.boolValue { found.insert(path) }
            }
        }
        return found
    }

    /// Neither a file nor a job nor a byte on the disk is left of what is refused, nor of a job that failed when its input is gone.
    @Test func whatIsRefusedLeavesNothing() async throws {
        let studio = try await Self.shared.studio()
        func counts() async throws -> [Int?] {
            [
                try await studio.json(.get, "/files?limit=500").document["files"]?.arrayValue?.count,
                try await studio.json(.get, "/audio/jobs?limit=500").document["jobs"]?.arrayValue?.count,
            ]
        }
        let (before, known) = (try traces(studio), try await counts())
        #expect(known.allSatisfy { $0 != nil })
        let wrongDigest: HTTPHeaders = [
            "Content-Disposition": "attachment; filename=x.wav",
            "Content-Digest": "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:",
        ]
        let badName: HTTPHeaders = ["Content-Disposition": "attachment; filename*=UTF-8''a%2Fb.wav"]
        let bytes = Bytes(repeating: 7, count: 1 << 20)
        for headers in [wrongDigest, badName] {
            #expect(try await studio.send(.post, "/files", body: bytes, headers: headers).status == 400)
        }
        for body in [#"{"input": "file_x"}"#, #"{"input": 7}"#, #"{"input": "file_x", "parameters": {"preset": 1}}"#, "{", "[]"] {
            let answer = try await studio.send(
                .post, "/audio/normalize", body: Bytes(body.utf8), headers: ["Content-Type": "application/json"])
            #expect((400..<500).contains(answer.status))
        }
        #expect(try await counts() == known)
        #expect(try traces(studio) == before)

        let file = try await studio.upload(Bytes(bytes.prefix(1000)), name: "noise.wav")
        let job = try await studio.json(.post, "/audio/normalize", ["input": .string(file)], headers: ["Prefer": "wait=30"])
        #expect(job.status == 422, "\(job.document)")
        #expect(try await studio.json(.delete, "/files/\(file)").status == 204)
        try await eventually("the disk is as before") { try self.traces(studio) == before }
    }

    private static let tus = ["Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream"]

    /// Whoever is told that a connection stays finds it there: nginx would end it when it is answered before the whole body is sent.
    @Test(
        arguments: [
            ("POST", "/files", ["Content-Disposition: attachment; filename*=UTF-8''a%2Fb.wav"], 400),
            ("PATCH", "/files/uploads/upload_none", tus, 404),
            ("POST", "/files/nowhere/at/all", [], 404),
            ("POST", "/v1/audio/transcriptions", ["Content-Type: multipart/form-data; boundary=x"], 400),
            ("POST", "/v1/audio/nowhere", ["Transfer-Encoding: chunked"], 404),
            ("POST", "/v1/chat/completions", ["X-API-Key: sk_wrong"], 401),
            ("POST", "/hooks", ["Content-Type: application/json"], 413),
        ] as [(String, String, [String], Int)])
    func aRefusedBodyLeavesItsConnection(_ method: String, _ path: String, _ fields: [String], _ status: Int) async throws {
        let studio = try await Self.shared.studio()
        let folder = try TemporaryFolder("refused")
        defer { folder.remove() }
        try Data(repeating: 7, count: (1 << 20) - 1).write(to: URL(filePath: folder.appending("noise")))
        let key = fields.contains { $0.hasPrefix("X-API-Key") } ? [] : ["Authorization: Bearer \(studio.ownerKey)"]
        let request =
            ["-s", "-o", "/dev/null", "-w", "%{http_code} %{num_connects}\n", "-X", method]
            + (fields + key).flatMap { ["-H", $0] }
            + ["--data-binary", "@" + folder.appending("noise"), "http://127.0.0.1:\(studio.port)\(path)"]
        let run = try await CommandRun.run("curl", Array(repeatElement(request, count: 20).joined(separator: ["--next"])))
        #expect(run.output.split(separator: "\n") == ["\(status) 1"] + Array(repeating: "\(status) 0", count: 19))
    }

    /// nginx cannot be kept from ending the connection behind an answer that comes before the end of a large body: it says so.
    @Test func aLargeRefusedBodyEndsItsConnection() async throws {
        let studio = try await Self.shared.studio()
        let folder = try TemporaryFolder("refused")
        defer { folder.remove() }
        for (size, ends) in [(9 << 20, true), (1 << 20, false)] {
            try Data(repeating: 7, count: size).write(to: URL(filePath: folder.appending("noise")))
            let run = try await CommandRun.run(
                "curl",
                [
                    "-s", "-o", "/dev/null", "-D", "-", "-H", "Authorization: Bearer \(studio.ownerKey)",
                    "-H", "Content-Disposition: attachment; filename*=UTF-8''a%2Fb.wav", "--data-binary",
                    "@" + folder.appending("noise"), "http://127.0.0.1:\(studio.port)/files",
                ])
            #expect(run.output.contains(" 400 Bad Request"))
            #expect(run.output.contains("\nConnection: close\r\n") == ends)
        }
    }

    @Test func badUTF8IsRefused() async throws {
        let studio = try await Self.shared.studio()
        let answer = try await studio.send(
            .post, "/audio/normalize", body: [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D],
            headers: ["Content-Type": "application/json"])
        #expect(answer.status == 400)
    }

    @Test(arguments: ["a/b.wav", "line\nbreak.wav", "..", String(repeating: "x", count: 300)]) func namesThatAreRefused(
        _ name: String
    ) async throws {
        let studio = try await Self.shared.studio()
        let answer = try await studio.send(
            .post, "/files", body: [1, 2, 3],
            headers: ["Content-Disposition": "attachment; filename*=UTF-8''\(PercentEncoding.encode(name))"])
        #expect(answer.status == 400, "\(String(decoding: answer.body, as: UTF8.self))")
    }

    @Test func quotesInNamesAreKept() async throws {
        let studio = try await Self.shared.studio()
        let name = "it's a \"talk\" – ü.wav"
        let id = try await studio.upload([1, 2, 3], name: name)
        #expect(try await studio.json(.get, "/files/\(id)").document["name"]?.stringValue == name)
        #expect(
            try await studio.send(.get, "/files/\(id)/content").headers["Content-Disposition"]?.contains("filename*=UTF-8''")
                == true)
    }

    @Test func wrongDigestLeavesNothing() async throws {
        let studio = try await Self.shared.studio()
        let before = try await studio.json(.get, "/files?limit=500").document["files"]?.arrayValue?.count
        let answer = try await studio.send(
            .post, "/files", body: [1, 2, 3],
            headers: [
                "Content-Disposition": "attachment; filename=x.wav",
                "Content-Digest": "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:",
            ])
        #expect(answer.status == 400)
        #expect(try await studio.json(.get, "/files?limit=500").document["files"]?.arrayValue?.count == before)
    }

    @Test func keysAreChecked() async throws {
        let studio = try await Self.shared.studio()
        #expect(try await studio.json(.get, "/files", key: "avs_unknown_key").status == 401)
        let made = try await studio.json(
            .post, "/keys", ["name": "guest", "owner": "guest", "scopes": ["files:read", "files:write", "audio:run"]])
        #expect(made.status == 201, "\(made.document)")
        let guest = try #require(made.document["key"]?.stringValue)
        let id = try #require(made.document["id"]?.stringValue)
        let ours = try await studio.upload([1, 2, 3], name: "ours.wav")
        #expect(try await studio.json(.get, "/files/\(ours)", key: guest).status == 404)
        #expect(try await studio.json(.post, "/audio/probe", ["input": .string(ours)], key: guest).status == 404)
        #expect(try await studio.json(.get, "/keys", key: guest).status == 403)
        #expect(try await studio.json(.delete, "/keys/\(id)").status == 204)
        #expect(try await studio.json(.get, "/files", key: guest).status == 401)
    }

    @Test func clientsCanNotBringTheirOwnIdentity() async throws {
        let studio = try await Self.shared.studio()
        let answer = try await studio.json(
            .get, "/audio/jobs", headers: ["X-AVStudio-Principal": "eyJzdWJqZWN0IjoiayJ9.AAAA"], key: "avs_unknown_key")
        #expect(answer.status == 401)
    }

    @Test func interruptedUploadIsResumed() async throws {
        let studio = try await Self.shared.studio()
        let bytes = Bytes((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let tus: HTTPHeaders = ["Tus-Resumable": "1.0.0"]
        var create = tus
        create["Upload-Length"] = "\(bytes.count)"
        create["Upload-Metadata"] = "filename " + Data("part.wav".utf8).base64EncodedString()
        let created = try await studio.send(.post, "/files/uploads", headers: create)
        #expect(created.status == 201)
        let location = try #require(created.headers["Location"]).replacingOccurrences(of: studio.url, with: "")
        var patch = tus
        patch["Content-Type"] = "application/offset+octet-stream"
        patch["Upload-Offset"] = "0"
        #expect(try await studio.send(.patch, location, body: Bytes(bytes[..<100_000]), headers: patch).status == 204)
        kill(try studio.pid("gateway"), SIGKILL)
        try await studio.up()
        let head = try await studio.send(.head, location, headers: tus)
        #expect(head.headers["Upload-Offset"] == "100000")
        #expect(try await studio.send(.patch, location, body: Bytes(bytes[..<10]), headers: patch).status == 409)
        patch["Upload-Offset"] = "100000"
        let last = try await studio.send(.patch, location, body: Bytes(bytes[100_000...]), headers: patch)
        #expect(last.status == 204)
        let files = try await studio.json(.get, "/files").document["files"]?.arrayValue ?? []
        let id = try #require(files.first { $0["name"] == "part.wav" }?["id"]?.stringValue)
        #expect(try await studio.send(.get, "/files/\(id)/content").body == bytes)
        let range = try await studio.send(.get, "/files/\(id)/content", headers: ["Range": "bytes=10-19"])
        #expect(range.status == 206)
        #expect(range.body == Bytes(bytes[10..<20]))
    }

    @Test func endsTheSharedStudio() async throws {
        try await Self.shared.stop()
    }
}

extension Bytes {
    /// A WAV header whose data chunk says another size.
    fileprivate func replacingDataSize(with size: UInt32) -> Bytes {
        var bytes = self
        for index in 0..<4 { bytes[bytes.count - 4 + index] = UInt8(truncatingIfNeeded: size >> (8 * UInt32(index))) }
        return bytes
    }
}
