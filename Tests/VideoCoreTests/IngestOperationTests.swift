import Contracts
import FoundationEssentials
import Primitives
import TestSupport
import Testing

@testable import VideoCore

/// `video.ingest` against a real server of files.
@Suite struct IngestOperationTests {
    @Test func bringsFilesIntoTheFoldersOfTheirCreators() async throws {
        let fixture = try IngestFixture()
        try await withFileHost { host in
            let (clip, talk) = (IngestFixture.noise(300_000), IngestFixture.noise(5000, seed: 2))
            try host.add("a/clip.mp4", clip)
            try host.add("b/talk", talk)
            let list = "creator,url,name\nAnn,\(host.url)/a/clip.mp4,\n\"Bob, the second\",\(host.url)/b/talk,speech.bin\n"
            let (sums, rows) = try await fixture.run(list)
            #expect(sums["successful"] == 2 && sums["failed"] == 0 && sums["bytes"] == 305_000, "\(sums)")
            #expect(try fixture.content("Ann/clip.mp4") == clip && fixture.content("Bob, the second/speech.bin") == talk)
            #expect(rows.map { $0[2] } == ["downloaded", "downloaded"])
            let creators = try #require(sums["creators"]?.arrayValue)
            #expect(creators.map { $0["creator"] } == ["Ann", "Bob, the second"])
            #expect(creators[0]["attempted"] == 1 && creators[0]["bytes"] == 300_000)
            #expect((creators[0]["transfer_seconds"]?.doubleValue ?? 0) > 0)
            #expect((creators[0]["bytes_per_second"]?.doubleValue ?? 0) > 0)
            #expect(fixture.partials("Ann").isEmpty)
        }
    }

    @Test func whatIsHereIsNotFetchedAgain() async throws {
        let fixture = try IngestFixture()
        try await withFileHost { host in
            try host.add("one.mp4", IngestFixture.noise(1000))
            try host.add("twin.mp4", IngestFixture.noise(1000))
            try host.add("other/one.mp4", IngestFixture.noise(2000, seed: 3))
            let list = "\(host.url)/one.mp4\n\(host.url)/one.mp4\n\(host.url)/twin.mp4\n\(host.url)/other/one.mp4\n"
            let first = try await fixture.run(list, ["creator": "Ann", "parallel": 1])
            #expect(first.rows.map { $0[2] } == ["downloaded", "skipped", "skipped", "downloaded"], "\(first.rows)")
            #expect(first.rows.map { $0[8] } == ["", "listed-twice", "same-content", ""])
            // The same name from elsewhere is another file.
            #expect(try fixture.names("Ann") == ["one-2.mp4", "one.mp4"])
            host.kill()
            let second = try await fixture.run(list, ["creator": "Ann"])
            #expect(second.sums["skipped"] == 4 && second.sums["attempted"] == 0, "\(second.rows)")
            #expect(second.rows.map { $0[8] } == ["same-url", "listed-twice", "same-url", "same-url"])

            try Data([1]).write(to: URL(filePath: fixture.library.appending("ann/Ann/own.mp4")))
            let digest = first.rows[0][5]
            let listed = "[{\"url\": \"\(host.url)/own.mp4\"}, {\"url\": \"\(host.url)/new.mp4\", \"sha256\": \"\(digest)\"}]"
            let third = try await fixture.run(listed, ["creator": "Ann"])
            #expect(third.rows.map { $0[8] } == ["same-name", "same-content"], "\(third.rows)")
        }
    }

    /// The server is killed in the middle; the rest is asked for by range.
    @Test func goesOnWhereTheServerWasCut() async throws {
        let fixture = try IngestFixture()
        try await withFileHost(locations: "location /slow/ { limit_rate 2m; }") { host in
            let film = IngestFixture.noise(4 << 20)
            try host.add("slow/film.mp4", film)
            let url = "\(host.url)/slow/film.mp4"
            async let run = fixture.run(url, ["creator": "Ann", "attempts": 10])
            try await eventually("some has come") { try size(fixture) > 1 << 20 }
            host.kill()
            let before = try size(fixture)
            try await host.start()
            let (sums, rows) = try await run
            #expect(sums["successful"] == 1, "\(rows)")
            #expect(before < film.count && Int(rows[0][7]) ?? 0 > 1, "\(rows)")
            #expect(try fixture.content("Ann/film.mp4") == film)
        }
    }

    private func size(_ fixture: IngestFixture) throws -> Int {
        guard let name = fixture.partials("Ann").first(where: { !$0.hasSuffix(".json") }) else { return 0 }
        return try Data(contentsOf: URL(filePath: fixture.library.appending("ann/Ann/.partial/" + name))).count
    }

    /// What a file's time was too short for is continued by the next job, unless the content is another.
    @Test(arguments: [false, true])
    func goesOnWithWhatAnEarlierJobLeft(isReplaced: Bool) async throws {
        let fixture = try IngestFixture()
        // Twelve seconds long, until there is a file `fast`.
        let locations = "location /slow/ { limit_rate 256k; if (-f $document_root/fast) { limit_rate 0; } }"
        try await withFileHost(locations: locations) { host in
            try host.add("slow/film.mp4", IngestFixture.noise(3 << 20))
            let url = "\(host.url)/slow/film.mp4"
            let first = try await fixture.run(url, ["creator": "Ann", "deadline_seconds": 5])
            #expect(first.rows[0][2] == "failed" && first.rows[0][8] == "url-too-slow", "\(first.rows)")
            let kept = try size(fixture)
            #expect(kept > 0)
            try host.add("fast", [1])
            let film = isReplaced ? IngestFixture.noise(2 << 20, seed: 9) : IngestFixture.noise(3 << 20)
            if isReplaced { try host.add("slow/film.mp4", film) }
            let second = try await fixture.run(url, ["creator": "Ann"])
            #expect(second.rows[0][2] == "downloaded", "\(second.rows)")
            #expect(try fixture.content("Ann/film.mp4") == film)
            #expect(fixture.partials("Ann").isEmpty)
        }
    }

    @Test func waitsWhenTheServerAsksForIt() async throws {
        let fixture = try IngestFixture()
        try await withFileHost(
            zones: "limit_req_zone $binary_remote_addr zone=one:1m rate=2r/s; limit_req_status 429;",
            locations: "location / { limit_req zone=one; add_header Retry-After 1 always; } "
                + "location /later { add_header Retry-After 9999 always; return 503; }"
        ) { host in
            for index in 1...4 { try host.add("\(index).mp4", IngestFixture.noise(100, seed: UInt64(index))) }
            let urls = (1...4).map { "\(host.url)/\($0).mp4" }.joined(separator: "\n")
            let (sums, rows) = try await fixture.run(urls + "\n\(host.url)/later", ["creator": "Ann", "attempts": 8])
            #expect(sums["successful"] == 4, "\(rows)")
            #expect(rows.dropLast().contains { Int($0[7]) ?? 0 > 1 }, "\(rows)")
            #expect(rows[4][8] == "url-asks-to-wait", "\(rows)")
        }
    }

    /// The second waits for the first, which has the host for itself, and has as much time then.
    @Test func aFilesTimeBeginsWithItsTurn() async throws {
        let fixture = try IngestFixture()
        try await withFileHost(locations: "location /slow/ { limit_rate 256k; }") { host in
            for index in 1...2 { try host.add("slow/\(index).mp4", IngestFixture.noise(1 << 20, seed: UInt64(index))) }
            let urls = (1...2).map { "\(host.url)/slow/\($0).mp4" }.joined(separator: "\n")
            let (sums, rows) = try await fixture.run(
                urls, ["creator": "Ann", "parallel": 2, "per_host": 1, "attempts": 1, "deadline_seconds": 6])
            #expect(sums["successful"] == 2, "\(rows)")
        }
    }

    @Test func tellsWhatFailedAndGoesOn() async throws {
        let fixture = try IngestFixture()
        try await withFileHost(
            locations: "location /inside { return 302 http://127.0.0.2:1/secret; } location /gone { return 410; } "
                + "location /circle { return 302 /circle; }"
        ) { host in
            try host.add("good.mp4", IngestFixture.noise(1000))
            try host.add("page.html", Bytes("<html></html>".utf8))
            try host.add("large.mp4", IngestFixture.noise(9000))
            let zeros = String(repeating: "0", count: 64)
            let list = """
                url,sha256
                \(host.url)/missing.mp4,
                \(host.url)/inside,
                http://10.0.0.1/film.mp4,
                \(host.url)/page.html,
                \(host.url)/large.mp4,
                \(host.url)/good.mp4,\(zeros)
                \(host.url)/circle,
                \(host.url)/good.mp4?2,
                """
            let (sums, rows) = try await fixture.run(list, ["creator": "Ann", "maximum_bytes": 5000, "attempts": 2])
            let reasons = [
                "url-answered-404", "refused-address", "refused-address", "not-a-file", "file-too-large", "digest-mismatch",
                "too-many-redirects", "",
            ]
            #expect(rows.map { $0[8] } == reasons, "\(rows)")
            #expect(sums["failed"] == 7 && sums["successful"] == 1)
            #expect(try fixture.names("Ann") == ["good.mp4"])
            #expect(fixture.partials("Ann").isEmpty, "\(fixture.partials("Ann"))")
        }
    }

    /// Makes what an earlier job would have left of a URL.
    private func leave(_ url: String, _ fixture: IngestFixture) throws {
        let folder = try Library(fixture.root).folder(owner: "ann", creator: "Ann")
        let partial = try #require(try PartialFile(url: url, in: folder.path))
        try partial.restart(.init(url: url, validator: "\"one\"", mediaType: nil))
        try partial.append([1, 2, 3])
    }

    @Test func whatNoJobCanGoOnWithIsRemoved() async throws {
        let fixture = try IngestFixture()
        try await withFileHost(
            locations: "location /gone { return 410; } location /away { return 403; } "
                + "location /page { default_type text/html; return 200 page; }"
        ) { host in
            for name in ["missing", "gone", "page", "away"] { try leave("\(host.url)/\(name)", fixture) }
            #expect(fixture.partials("Ann").count == 8)
            let urls = ["missing", "gone", "page", "away"].map { "\(host.url)/\($0)" }.joined(separator: "\n")
            let (_, rows) = try await fixture.run(urls, ["creator": "Ann"])
            #expect(rows.map { $0[8] } == ["url-answered-404", "url-answered-410", "not-a-file", "url-answered-403"], "\(rows)")
            // The last may be allowed again.
            #expect(fixture.partials("Ann").count == 2)
        }
    }

    @Test func whatNobodyGoesOnWithIsRemovedInTime() async throws {
        let fixture = try IngestFixture()
        try await withFileHost { host in
            try host.add("one.mp4", IngestFixture.noise(100))
            let folder = try Library(fixture.root).folder(owner: "ann", creator: "Ann")
            func age(_ days: Double) throws {
                for name in fixture.partials("Ann") {
                    try FileManager.default.setAttributes(
                        [.modificationDate: Date(timeIntervalSinceNow: -86_400 * days)],
                        ofItemAtPath: folder.path + "/.partial/" + name)
                }
            }
            try leave("https://a.example/held", fixture)
            let held = try #require(try PartialFile(url: "https://a.example/held", in: folder.path))
            try leave("https://a.example/old", fixture)
            try age(8)
            try leave("https://a.example/new", fixture)
            let before = Set(fixture.partials("Ann"))
            let (sums, _) = try await fixture.run("\(host.url)/one.mp4", ["creator": "Bob"])
            #expect(sums["successful"] == 1)
            let left = Set(fixture.partials("Ann"))
            #expect(before.count == 6 && left.count == 4 && held.size == 3, "\(left)")
            #expect(try PartialFile(url: "https://a.example/new", in: folder.path)?.size == 3)
        }
    }

    @Test func aFullDiskEndsTheJobClearly() async throws {
        let disk = try SmallDisk(size: .mib(2))
        let fixture = try IngestFixture()
        try await withFileHost { host in
            try host.add("film.mp4", IngestFixture.noise(6 << 20))
            let error = await #expect(throws: (any Error).self) {
                _ = try await fixture.run("\(host.url)/film.mp4", ["creator": "Ann"], root: disk.path)
            }
            #expect((error as? any CodedError)?.code == "disk-full", "\(String(describing: error))")
        }
    }

    @Test func tenThousandURLsAreBounded() async throws {
        let fixture = try IngestFixture()
        try await withFileHost(locations: "location /n/ { return 404; } location /y/ { default_type video/mp4; return 200 $uri; }")
        {
            host in
            let urls = (0..<10_000).map { "\(host.url)/\($0 % 20 == 0 ? "y" : "n")/\($0).mp4" }
            let (sums, rows) = try await fixture.run(
                "", ["creator": "Ann", "parallel": 16, "per_host": 16],
                file: ("list.txt", Bytes(urls.joined(separator: "\n").utf8)))
            #expect(rows.count == 10_000 && sums["successful"] == 500 && sums["failed"] == 9500, "\(sums)")
            #expect(try fixture.names("Ann").count == 500)
            let error = await #expect(throws: (any Error).self) {
                _ = try await fixture.run(
                    "", file: ("list.txt", Bytes((urls + ["http://a.example/"]).joined(separator: "\n").utf8)))
            }
            #expect((error as? any CodedError)?.code == "list-too-long")
        }
    }
}
