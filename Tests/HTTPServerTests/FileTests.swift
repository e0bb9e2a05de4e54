import HTTP
import HTTPServer
import Primitives
import Testing

@Suite struct FileTests {
    /// Serves a file of 1,000,000 bytes.
    private func withFileServer(_ body: @Sendable (RawClient, Bytes) async throws -> Void) async throws {
        let content = pattern(1_000_000)
        try await withFile(content) { path in
            try await withServer(
                routes: { router in
                    router.on(.get, "/file") { request in
                        try .file(path: path, type: "audio/wav", for: request, etag: "v1", downloadName: "täst \"1\".wav")
                    }
                    router.on(.get, "/untagged") { try .file(path: path, type: "audio/wav", for: $0) }
                    router.on(.get, "/missing") { try .file(path: path + ".missing", type: "audio/wav", for: $0) }
                    router.on(.get, "/folder") { try .file(path: "/tmp", type: "audio/wav", for: $0) }
                },
                test: { server in
                    try await body(try RawClient(port: server.port), content)
                })
        }
    }

    @Test func sendsTheWholeFile() async throws {
        try await withFileServer { client, content in
            let response = try await client.get("/file")
            #expect(response.status == 200)
            #expect(response.body == content)
            #expect(response.headers["ETag"] == "\"v1\"")
            #expect(response.headers["Accept-Ranges"] == "bytes")
            #expect(response.headers["Content-Type"] == "audio/wav")
            let disposition = "attachment; filename=\"t_st _1_.wav\"; filename*=UTF-8''t%C3%A4st%20%221%22.wav"
            #expect(response.headers["Content-Disposition"] == disposition)
        }
    }

    @Test(arguments: [
        ("bytes=0-0", 0..<1), ("bytes=0-499", 0..<500), ("bytes=999000-", 999_000..<1_000_000), ("bytes=-100", 999_900..<1_000_000),
        ("bytes=500-2000000", 500..<1_000_000), ("bytes=-2000000", 0..<1_000_000), ("BYTES=5-6", 5..<7),
        ("bytes=0-99999999999999999999", 0..<1_000_000),
    ])
    func sendsRanges(_ field: String, _ range: Range<Int>) async throws {
        try await withFileServer { client, content in
            let response = try await client.get("/file", "Range: \(field)\r\n")
            #expect(response.status == 206)
            #expect(response.body == Bytes(content[range]))
            #expect(response.headers["Content-Range"] == "bytes \(range.lowerBound)-\(range.upperBound - 1)/1000000")
        }
    }

    @Test(arguments: ["bytes=1000000-", "bytes=-0", "bytes=99999999999999999999-"])
    func refusesRangesOutside(_ field: String) async throws {
        try await withFileServer { client, _ in
            let response = try await client.get("/file", "Range: \(field)\r\n")
            #expect(response.status == 416)
            #expect(response.headers["Content-Range"] == "bytes */1000000")
            #expect(response.problemCode == "range-not-satisfiable")
        }
    }

    @Test(arguments: ["bytes=0-1,5-6", "bytes=5-1", "bytes=a-b", "bytes=-", "items=0-1", "bytes 0-1", "bytes=--1"])
    func ignoresOtherRanges(_ field: String) async throws {
        try await withFileServer { client, content in
            let response = try await client.get("/file", "Range: \(field)\r\n")
            #expect(response.status == 200)
            #expect(response.body.count == content.count)
        }
    }

    @Test(arguments: ["\"v1\"", "W/\"v1\"", "\"v0\", \"v1\"", "*"])
    func answersUnchangedContent(_ tags: String) async throws {
        try await withFileServer { client, _ in
            let response = try await client.get("/file", "If-None-Match: \(tags)\r\n")
            #expect(response.status == 304)
            #expect(response.headers["ETag"] == "\"v1\"")
            #expect(response.headers["Content-Length"] == nil)
            let changed = try await client.get("/file", "If-None-Match: \"v2\"\r\n")
            #expect(changed.status == 200)
        }
    }

    @Test(arguments: [
        ("Range: bytes=5-9\r\nIf-Range: \"v1\"\r\n", 206), ("Range: bytes=5-9\r\nIf-Range: \"v0\"\r\n", 200),
        ("Range: bytes=5-9\r\nIf-Range: W/\"v1\"\r\n", 200), ("Range: bytes=0-0\r\nIf-Match: \"v1\"\r\n", 206),
        ("Range: bytes=0-0\r\nIf-Match: \"v0\"\r\n", 412),
    ])
    func continuesOnlyTheSameContent(_ fields: String, _ status: Int) async throws {
        try await withFileServer { client, _ in
            let response = try await client.get("/file", fields)
            #expect(response.status == status)
        }
    }

    @Test func makesTagsOfItsOwn() async throws {
        try await withFileServer { client, _ in
            let tag = try #require(try await client.get("/untagged").headers["ETag"])
            let response = try await client.get("/untagged", "If-None-Match: \(tag)\r\n")
            #expect(response.status == 304)
        }
    }

    @Test func answersHead() async throws {
        try await withFileServer { client, _ in
            try await client.send("HEAD /file HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9\r\n\r\n")
            let response = try await client.response(hasBody: false)
            #expect(response.status == 206)
            #expect(response.headers["Content-Length"] == "10")
            let next = try await client.get("/file", "Range: bytes=1-1\r\n")
            #expect(next.body.count == 1)
        }
    }

    @Test(arguments: ["/missing", "/folder"])
    func findsOnlyFiles(_ path: String) async throws {
        try await withFileServer { client, _ in
            let response = try await client.get(path)
            #expect(response.problemCode == "file-not-found")
        }
    }
}
