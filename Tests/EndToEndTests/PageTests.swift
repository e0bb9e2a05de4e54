import Contracts
import Foundation
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// `deploy/test` installs yt-dlp.
private let isWanted = ClientPrograms.areWanted(Readme.root + "/var/tools/yt-dlp/yt_dlp/__main__.py")

/// Videos that web pages show, by the real yt-dlp: its process has no network of its own.
@Suite(.serialized, .enabled(if: isWanted)) struct PageTests {
    /// `127.0.0.1` may be asked, `localhost` may not, though it is the same.
    private static let environment = [
        "AVSTUDIO_FETCH_HOSTS": "127.0.0.1", "AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8",
    ]

    private struct Site {
        let host: TestNginx
        let film: Bytes

        /// Pages with a film as one file, as a playlist of pieces, as picture and sound apart, two films, none, and one on a server
        /// that may not be asked.
        init() async throws {
            host = try await TestNginx.files(
                locations: "location /slow/ { limit_rate 100k; } location /secret/ { access_log secret.log; }")
            let folder = host.folder + "/files"
            let run = try await CommandRun.run(
                "ffmpeg",
                [
                    "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4", "-f", "lavfi", "-i", "sine=d=4:r=48000",
                    "-c:v", "libx264", "-g", "25", "-c:a", "aac", "-b:v", "1M", folder + "/film.mp4",
                ])
            #expect(run.status == 0, "\(run)")
            for format in ["hls/film.m3u8", "dash/film.mpd"] {
                try FileManager.default.createDirectory(
                    atPath: folder + "/" + format.prefix { $0 != "/" }, withIntermediateDirectories: true)
                let times = format.hasSuffix("m3u8") ? ["-hls_time", "1", "-hls_list_size", "0"] : ["-seg_duration", "1"]
                let made = try await CommandRun.run(
                    "ffmpeg", ["-v", "error", "-i", folder + "/film.mp4", "-c", "copy"] + times + [folder + "/" + format])
                #expect(made.status == 0, "\(made)")
            }
            film = Bytes(try Data(contentsOf: URL(filePath: folder + "/film.mp4")))
            try host.add("slow/film.mp4", film)
            try page("one", "My film", ["film.mp4"])
            try page("pieces", "In pieces: a/b", ["hls/film.m3u8"])
            try page("apart", "Apart", ["dash/film.mpd"])
            try page("two", "Two", ["film.mp4", "film.mp4?second"])
            try page("none", "None", [])
            try page("inside", "Inside", ["http://localhost:\(host.port)/secret/film.mp4"])
            try page("slow", "Slow", ["slow/film.mp4"])
        }

        private func page(_ name: String, _ title: String, _ sources: [String]) throws {
            let videos = sources.map { "<video src=\"\($0)\"></video>" }.joined()
            try host.add(name + ".html", Bytes("<html><head><title>\(title)</title></head><body>\(videos)</body></html>".utf8))
        }

        func url(_ name: String) -> String { "\(host.url)/\(name).html" }
    }

    /// The processes of yt-dlp on this machine; some may be of others.
    private func running() throws -> Set<String> {
        let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { process in
            FileManager.default.contents(atPath: "/proc/\(process)/cmdline").map { String(decoding: $0, as: UTF8.self) }?
                .contains("yt_dlp/__main__.py") == true
        }
        return Set(processes)
    }

    @Test func listsMayNamePages() async throws {
        let studio = try await TestStudio.start(environment: Self.environment)
        let site = try await Site()
        let pages = ["one", "pieces", "apart", "two", "none", "inside"]
        let urls = pages.map { "Ann \(site.url($0))\n" }.joined() + "Ann \(site.host.url)/film.mp4\n"
        let id = try await studio.begin("video.ingest", ["parameters": ["urls": .string(urls), "parallel": 1]])
        let file = try #require(try await studio.ended(id, of: "video").result?.files.first?.file)
        let rows = try CSV.rows(try await studio.send(.get, "/files/\(file)/content").body).dropFirst()
        #expect(
            rows.map { $0[8] } == [
                "", "", "", "page-with-several-videos", "page-without-video", "refused-address", "same-content",
            ], "\(rows)")
        #expect(rows.map { $0[3] }.prefix(3).map { String($0) } == ["My film.mp4", "In pieces_ a_b.mp4", "Apart.mp4"], "\(rows)")
        let folder = studio.folder + "/video/library/owner/Ann/"
        #expect(try Bytes(Data(contentsOf: URL(filePath: folder + "My film.mp4"))) == site.film)
        for name in ["In pieces_ a_b.mp4", "Apart.mp4"] {
            let probe = try await CommandRun.run(
                "ffprobe", ["-v", "error", "-show_entries", "stream=codec_type:format=duration", "-of", "csv=p=0", folder + name])
            #expect(probe.output.contains("video") && probe.output.contains("audio") && probe.output.contains("4."), "\(probe)")
        }
        let left = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }.filter { $0.hasPrefix(".partial/") }
        #expect(left == [])
        let secret = try String(contentsOfFile: site.host.folder + "/secret.log", encoding: .utf8)
        #expect(secret.isEmpty)

        // The next job has them by their pages, without yt-dlp; and who wants no pages gets none.
        let urlsOfTwo = "Ann \(site.url("one"))\nBob \(site.url("one"))"
        let again = try await studio.begin("video.ingest", ["parameters": ["urls": .string(urlsOfTwo), "pages": false]])
        let sums = try await studio.ended(again, of: "video").result?.measurements
        #expect(sums?["skipped"] == 1 && sums?["failed"] == 1, "\(String(describing: sums))")
        try site.host.stop()
        try await studio.stop()
    }

    @Test func aPageIsDownloaded() async throws {
        let others = try running()
        let studio = try await TestStudio.start(environment: Self.environment)
        let site = try await Site()
        let folder = try TemporaryFolder("page-cli")
        defer { folder.remove() }
        let run = try await studio.avstudio(["video", "download", "--page", site.url("one"), "-o", "got.mp4"], in: folder.path)
        #expect(run.status == 0, "\(run)")
        #expect(try Bytes(Data(contentsOf: URL(filePath: folder.appending("got.mp4")))) == site.film)

        func download(_ parameters: JSONValue) async throws -> JobDocument {
            let id = try await studio.begin("video.download", ["parameters": parameters])
            return try await studio.ended(id, of: "video")
        }
        let result = try #require(try await download(["page": .string(site.url("apart")), "maximum_lines": 180]).result)
        let told = result.measurements
        #expect(told["title"] == "Apart" && told["page"] == .string(site.url("apart")), "\(told)")
        #expect(result.files.first?.size == told["bytes"]?.integerValue && result.files.first?.mediaType == "video/mp4")

        func problem(_ parameters: JSONValue) async throws -> String? { try await download(parameters).problem?.code }
        let small = try await problem(["page": .string(site.url("one")), "maximum_bytes": 20_000])
        #expect(small == "file-too-large")
        let late = try await problem(["page": .string(site.url("slow")), "deadline_seconds": 3])
        #expect(late == "url-too-slow")
        #expect(try await problem(["page": .string(site.url("missing"))]) == "url-answered-404")
        let refused = await #expect(throws: TestStudio.Refused.self) { try await download(["page": "file:///etc/passwd"]) }
        #expect(refused?.document["code"] == "invalid-url")
        #expect(try await problem(["page": .string("http://localhost:\(site.host.port)/one.html")]) == "refused-address")
        try await eventually("no process is left") { try running().isSubset(of: others) }
        try site.host.stop()
        try await studio.stop()
    }

    @Test func aKilledServiceFetchesItOnce() async throws {
        let others = try running()
        let studio = try await TestStudio.start(environment: Self.environment)
        let site = try await Site()
        let id = try await studio.begin("video.ingest", ["parameters": ["urls": .string("Ann \(site.url("slow"))")]])
        try await eventually("yt-dlp fetches") {
            FileManager.default.enumerator(atPath: studio.folder + "/video/scratch")?.contains {
                ($0 as? String)?.hasSuffix("video.mp4.part") == true
            } == true
        }
        #expect(try !running().isSubset(of: others))
        kill(try studio.pid("video"), SIGKILL)
        try await eventually("its processes end with it") { try running().isSubset(of: others) }
        try await studio.up()
        let job = try await studio.ended(id, of: "video")
        #expect(job.state == .succeeded && job.attempts > 1 && job.result?.measurements["successful"] == 1, "\(job)")
        let content = try await studio.send(.get, "/video/library/Ann/Slow.mp4")
        #expect(content.status == 200 && content.body == site.film)
        try await eventually("the scratch folder is empty") {
            FileManager.default.enumerator(atPath: studio.folder + "/video/scratch")?.contains {
                ($0 as? String)?.hasSuffix("video.mp4.part") == true
            } == false
        }
        try site.host.stop()
        try await studio.stop()
    }
}
