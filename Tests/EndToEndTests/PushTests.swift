import Contracts
import Foundation
import HTTP
import Primitives
import TestSupport
import Testing

private enum RTMPModule {
    static let path = "/usr/lib/nginx/modules/ngx_rtmp_module.so"
    static var isWanted: Bool { ClientPrograms.areWanted(path) }
}

/// Videos sent to a real RTMP server, which records what it gets.
@Suite(.serialized, .enabled(if: RTMPModule.isWanted, "deploy/install test brings nginx's module for RTMP"))
final class PushTests: Sendable {
    private static let key = "geheim-4711"
    /// One studio for the suite; it is ended by the suite's last test.
    private static let shared = SharedStudio(environment: ["AVSTUDIO_FETCH_HOSTS": "127.0.0.1"])

    private func film(_ seconds: Int, _ encoder: [String]) async throws -> Bytes {
        try await Recording.made("film.mp4") { folder in
            [
                "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=\(seconds)", "-f", "lavfi", "-i",
                "sine=d=\(seconds)", "-pix_fmt", "yuv420p",
            ] + encoder + [folder + "/film.mp4"]
        }
    }

    private static let h264 = ["-c:v", "libx264", "-g", "25", "-sc_threshold", "0", "-c:a", "aac"]

    private func withServer(_ body: (TestNginx) async throws -> Void) async throws {
        let server = try await TestNginx(modules: [RTMPModule.path]) { folder, port in
            """
            rtmp { server { listen 127.0.0.1:\(port); access_log off;
                application live { live on; record all; record_path \(folder)/files; record_unique on; }
                application closed { live on; deny publish all; }
            } }
            """
        }
        do { try await body(server) } catch {
            try server.stop()
            throw error
        }
        try server.stop()
    }

    private func recordings(_ server: TestNginx) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: server.folder + "/files").sorted().map {
            "\(server.folder)/files/\($0)"
        }
    }

    /// Waits until that many pictures are in a recording: the server writes on after the job has ended.
    private func recorded(_ server: TestNginx, pictures: Int) async throws -> (codecs: [String], times: [Double]) {
        var found: (codecs: [String], times: [Double]) = ([], [])
        try await eventually("\(pictures) pictures are recorded") {
            guard let path = try recordings(server).first, let probed = try? await probe(path) else { return false }
            found = probed
            return found.times.count >= pictures
        }
        return found
    }

    /// What ffprobe finds: the codecs, and the times of the video's packets in seconds.
    private func probe(_ path: String) async throws -> (codecs: [String], times: [Double]) {
        let run = try await CommandRun.run(
            "ffprobe", ["-v", "error", "-show_entries", "stream=codec_name:packet=codec_type,pts_time", "-of", "json", path])
        try #require(run.status == 0, "\(run.errors)")
        let document = try JSONValue(parsing: Bytes(run.output.utf8))
        let packets = (document["packets"]?.arrayValue ?? []).filter { $0["codec_type"] == "video" }
        let times = packets.compactMap { $0["pts_time"]?.stringValue.flatMap(Double.init) }
        return ((document["streams"]?.arrayValue ?? []).compactMap { $0["codec_name"]?.stringValue }, times.sorted())
    }

    private func push(_ bytes: Bytes, _ server: TestNginx, _ parameters: [String: JSONValue] = [:]) async throws -> JSONValue {
        let studio = try await Self.shared.studio()
        let file = try await studio.upload(bytes, name: "film.mp4")
        let all = parameters.merging(["target": .string("rtmp://127.0.0.1:\(server.port)/live"), "stream_key": .string(Self.key)]) {
            given, _ in given
        }
        let answer = try await studio.json(
            .post, "/video/push", ["input": .string(file), "parameters": .object(all)], headers: ["Prefer": "wait=60"])
        let text = String(decoding: answer.document.serialized(), as: UTF8.self)
        #expect(!text.contains(Self.key), "\(text)")
        return answer.document
    }

    @Test func theServerGetsTheVideoAsItIs() async throws {
        try await withServer { server in
            let job = try await push(try await film(3, Self.h264), server, ["pace": "fastest"])
            let measured = job["result"]?["measurements"]
            #expect(job["state"] == "succeeded" && measured?["is_copy"] == true && measured?["reconnects"] == 0, "\(job)")
            #expect(abs((measured?["seconds_sent"]?.doubleValue ?? 0) - 3) < 0.1, "\(job)")
            let found = try await recorded(server, pictures: 75)
            #expect(found.codecs.sorted() == ["aac", "h264"] && found.times.count == 75, "\(found)")
        }
    }

    @Test func whatRTMPDoesNotCarryIsEncoded() async throws {
        try await withServer { server in
            let vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]
            let job = try await push(try await film(2, vp9), server, ["pace": "fastest"])
            #expect(job["state"] == "succeeded" && job["result"]?["measurements"]?["is_copy"] == false, "\(job)")
            let found = try await recorded(server, pictures: 50)
            #expect(found.codecs.sorted() == ["aac", "h264"] && found.times.count == 50, "\(found)")
        }
    }

    /// The server is killed while it gets the stream, and started again.
    @Test func aBrokenConnectionIsMadeAgainFromAKeyFrame() async throws {
        try await withServer { server in
            async let pushed = push(try await film(8, Self.h264), server, ["attempts": 20, "backoff_seconds": 1])
            try await eventually("half of it has come") {
                guard let path = try recordings(server).first, let found = try? await probe(path) else { return false }
                return (found.times.last ?? 0) > 2.5
            }
            server.kill()
            try await server.start()
            let job = try await pushed
            let measured = job["result"]?["measurements"]
            #expect(job["state"] == "succeeded" && (measured?["reconnects"]?.integerValue ?? 0) >= 1, "\(job)")
            #expect(abs((measured?["seconds_sent"]?.doubleValue ?? 0) - 8) < 0.1, "\(job)")
            // Each recording begins at 0. The last goes to the end of the video, and begins before the first one ends.
            var counts: [Int] = []
            try await eventually("both parts are recorded") {
                counts = []
                for path in try recordings(server) { counts.append((try? await probe(path).times.count) ?? 0) }
                return counts.count == 2 && counts[1] % 25 == 0 && counts.reduce(0, +) >= 200
            }
            #expect(counts.count == 2 && counts[1] < 200 && counts[1] % 25 == 0 && counts.reduce(0, +) >= 200, "\(counts)")
        }
    }

    /// The service is killed while it sends: the stream begins again, and the job ends once.
    @Test func aKilledServiceBeginsAgain() async throws {
        try await withServer { server in
            let studio = try await TestStudio.start(environment: [
                "AVSTUDIO_FETCH_HOSTS": "127.0.0.1", "AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8",
            ])
            let file = try await studio.upload(try await film(6, Self.h264), name: "film.mp4")
            let target = "rtmp://127.0.0.1:\(server.port)/live"
            let id = try await studio.begin(
                "video.push", ["input": .string(file), "parameters": ["target": .string(target), "stream_key": .string(Self.key)]])
            try await eventually("some has come") {
                guard let path = try recordings(server).first, let found = try? await probe(path) else { return false }
                return (found.times.last ?? 0) > 1.5
            }
            kill(try studio.pid("video"), SIGKILL)
            try await studio.up()
            let ended = try await studio.ended(id, of: "video")
            #expect(ended.state == .succeeded && ended.attempts > 1, "\(ended)")
            try await eventually("the whole video is in the last recording") {
                let paths = try recordings(server)
                guard paths.count == 2, let found = try? await probe(paths[1]) else { return false }
                return found.times.count == 150
            }
            try await studio.stop()
        }
    }

    @Test func whoDoesNotLetItInIsGivenUp() async throws {
        try await withServer { server in
            let film = try await film(1, Self.h264)
            let closed = try await push(
                film, server,
                ["target": .string("rtmp://127.0.0.1:\(server.port)/closed"), "attempts": 2, "backoff_seconds": 0.2])
            #expect(closed["code"] == "push-broken-off" || closed["problem"]?["code"] == "push-broken-off", "\(closed)")
            let inside = try await push(film, server, ["target": .string("rtmp://127.0.0.2:\(server.port)/live")])
            #expect(inside["code"] == "refused-address", "\(inside)")
        }
    }

    /// A server that accepts and never says a word: the push ends, by its own patience or cancelled, and every connection with it.
    @Test(arguments: [true, false]) func aSilentServerHoldsNobody(isCancelled: Bool) async throws {
        let (listener, port) = try Loopback.listen(backlog: 8)
        defer { close(listener) }
        // Accepting has a limit too.
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let studio = try await Self.shared.studio()
        let file = try await studio.upload(try await film(1, Self.h264), name: "film.mp4")
        let target = "rtmp://127.0.0.1:\(port)/live"
        let accepted = try await studio.json(
            .post, "/video/push",
            [
                "input": .string(file),
                "parameters": [
                    "target": .string(target), "stream_key": .string(Self.key), "attempts": 1,
                    "stall_seconds": isCancelled ? 120 : 1,
                ],
            ])
        let job = try #require(accepted.document["id"]?.stringValue, "\(accepted.document)")
        let peer = accept(listener, nil, nil)
        try #require(peer >= 0)
        defer { close(peer) }
        if isCancelled { _ = try await studio.json(.delete, "/video/jobs/\(job)") }
        try await eventually("the connection has ended") {
            var byte = UInt8(0)
            while true {
                let count = recv(peer, &byte, 1, Int32(MSG_DONTWAIT))
                if count <= 0 { return count == 0 || errno != EAGAIN }
            }
        }
        try await eventually("the job has ended", within: .seconds(60)) {
            let state = try await studio.json(.get, "/video/jobs/\(job)").document["state"]?.stringValue
            return state == (isCancelled ? "cancelled" : "failed")
        }
    }

    @Test func theKeyIsInNoLog() async throws {
        let studio = try await Self.shared.studio()
        let logs = try FileManager.default.contentsOfDirectory(atPath: studio.folder + "/log")
        try #require(logs.contains { $0.hasPrefix("video") })
        for name in logs {
            let text = try Data(contentsOf: URL(fileURLWithPath: "\(studio.folder)/log/\(name)"))
            #expect(text.range(of: Data(Self.key.utf8)) == nil, "\(name)")
        }
    }

    @Test func endsTheSharedStudio() async throws {
        try await Self.shared.stop()
    }
}
