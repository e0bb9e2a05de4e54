import Contracts
import Foundation
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// Processes of jobs on films that are killed in the midst of their work.
@Suite(.serialized) struct VideoKillTests {
    private func film() async throws -> Bytes {
        try await Recording.made("film.mp4") { folder in
            [
                "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=5", "-f", "lavfi", "-i",
                "sine=d=5:r=48000",
                "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", folder + "/film.mp4",
            ]
        }
    }

    /// The processes below one that run jobs, those that wait for one as well.
    private func jobProcesses(below ancestor: pid_t) throws -> [pid_t] {
        var parents: [pid_t: pid_t] = [:]
        var jobs: [pid_t] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let pid = pid_t(name), let status = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let after = status.lastIndex(of: ")"),
                let parent = status[after...].split(separator: " ").dropFirst(2).first.flatMap({ pid_t($0) })
            else { continue }
            parents[pid] = parent
            let words = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")?.split(separator: 0).map {
                String(decoding: $0, as: UTF8.self)
            }
            if let words, ["/job/program", TestStudio.programs + "/avstudio-video"].contains(words.first),
                ["job", "spare"].contains(words.dropFirst().first)
            {
                jobs.append(pid)
            }
        }
        return jobs.filter { job in
            var next = parents[job]
            while let pid = next, pid != ancestor { next = parents[pid] }
            return next == ancestor
        }
    }

    @Test func killedJobsAreDoneAgainAndWhole() async throws {
        let studio = try await TestStudio.start(environment: ["AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8"])
        let film = try await studio.upload(try await film(), name: "film.mp4")
        let captions = try await studio.upload(Bytes("1\n00:00:01,000 --> 00:00:02,000\nHi\n".utf8), name: "c.srt")
        let timeline: JSONValue = [
            "canvas": ["width": 640, "height": 360, "frame_rate": 25], "video": [["clip": "film.mp4"]],
        ]
        let service = try studio.pid("video")
        for (operation, parameters, inputs, frames) in [
            ("captions", ["speed": "slow"], [film, captions], 125),
            ("assemble", ["timeline": timeline, "speed": "slow"], [film], 125),
            ("variants", ["count": 2, "ranges": ["speed": [1, 1], "trim_start_s": [0, 0]]], [film], 250),
            ("concat", ["road": "encode", "speed": "slow"], [film, film], 250),
        ] as [(String, JSONValue, [String], Int64)] {
            let accepted = try await studio.json(
                .post, "/video/" + operation, ["inputs": .array(inputs.map(JSONValue.string)), "parameters": parameters])
            let id = try #require(accepted.document["id"]?.stringValue, "\(accepted.document)")
            func job() async throws -> JobDocument {
                try await studio.json(.get, "/video/jobs/\(id)").document.decoded(as: JobDocument.self)
            }
            try await eventually("\(operation) is on") { try await job().progress > 0 }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...200)))
            let processes = try jobProcesses(below: service)
            #expect(!processes.isEmpty)
            for process in processes { kill(process, SIGKILL) }
            try await eventually("\(operation) ends", within: .seconds(90)) { try await job().state.isFinal }
            let ended = try await job()
            #expect(ended.state == .succeeded && ended.attempts > 1, "\(operation): \(ended)")
            let result = try #require(ended.result)
            #expect((frames - 2...frames + 2).contains(try #require(result.frames)), "\(operation): \(result.measurements)")
            for file in result.files {
                let content = try await studio.send(.get, "/files/\(try #require(file.file))/content")
                #expect(content.status == 200 && Int64(content.body.count) == file.size, "\(operation): \(file.name)")
            }
            #expect(try studio.pid("video") == service && kill(service, 0) == 0, "the service stands")
        }
        let jobs = try await studio.json(.get, "/video/jobs?limit=50").document["jobs"]?.arrayValue
        #expect(jobs?.count == 4)
        try await studio.stop()
    }
}
