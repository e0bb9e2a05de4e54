import Contracts
import Foundation
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// Jobs on films whose processes are killed at a moment of chance: each is taken up again and gives, byte for byte, what it gives
/// when nobody disturbs it.
@Suite(.serialized) struct VideoKillTests {
    /// How an operation is run.
    private struct Trial {
        let operation: String
        var parameters: JSONValue = [:]
        var inputs = ["film.mp4"]
        /// Whether two runs give the same bytes. Where a rate has a ceiling, x264 looks at how far its other threads are.
        var isExact = true
    }

    /// Those that run inside the worker, or have a server at the other end; see `IngestTests`, `PageTests`, `PushTests`, `VideoModelTests`.
    private static let others: Set = ["video.ingest", "video.download", "video.push", "video.rewrite", "video.moderate"]
    private static let timeline: JSONValue = [
        "canvas": ["width": 320, "height": 180, "frame_rate": 25],
        "video": [["clip": "film.mp4", "out_s": 3], ["clip": "film.mp4", "in_s": 1, "transition": ["duration_s": 0.5]]],
        "captions": ["file": "c.srt"],
    ]
    private static let trials = [
        Trial(operation: "probe"),
        Trial(operation: "scenes", parameters: ["formats": "json,csv,edl,otio,stats", "pictures": "png"]),
        Trial(operation: "frames", parameters: ["interval_s": 0.2, "format": "png"]),
        Trial(operation: "frames", parameters: ["frames": "keys", "format": "webp", "packing": "files"]),
        Trial(operation: "sheet"), Trial(operation: "poster", parameters: ["count": 2]),
        Trial(operation: "thumbnail", parameters: ["text": "Hi", "count": 2]),
        Trial(operation: "captions", parameters: ["speed": "slow"], inputs: ["film.mp4", "c.srt"]),
        Trial(operation: "captions", parameters: ["mode": "soft"], inputs: ["film.mp4", "c.srt"]),
        Trial(operation: "assemble", parameters: ["timeline": timeline, "write_otio": true], inputs: ["film.mp4", "c.srt"]),
        Trial(operation: "transcode", parameters: ["target_size_bytes": 300_000]),
        Trial(
            operation: "transcode", parameters: ["streaming": "hls", "ladder": "180,90", "segment_s": 1, "packing": "files"],
            isExact: false),
        Trial(operation: "variants", parameters: ["count": 2, "seed": 3]),
        Trial(operation: "concat", inputs: ["film.mp4", "film.mp4"]),
        Trial(operation: "concat", parameters: ["road": "encode"], inputs: ["film.mp4", "film.mp4"]),
        Trial(operation: "audio", parameters: ["format": "mp3"]),
        Trial(operation: "audio", parameters: ["action": "mix"], inputs: ["film.mp4", "film.mp4"]),
        Trial(operation: "split", parameters: ["at": "times", "times": "1.3,2.7,4"]), Trial(operation: "checks"),
    ]

    /// Six seconds, three scenes.
    private func film() async throws -> Bytes {
        try await Recording.made("film.mp4") { folder in
            let sources = ["testsrc2=s=320x180:r=25:d=2", "smptehdbars=s=320x180:r=25:d=2", "testsrc=s=320x180:r=25:d=2"]
            return ["ffmpeg", "-v", "error"] + sources.flatMap { ["-f", "lavfi", "-i", $0] } + [
                "-f", "lavfi", "-i", "sine=d=6:r=48000", "-filter_complex",
                "[0:v]format=yuv420p,setsar=1[a];[1:v]format=yuv420p,setsar=1[b];[2:v]format=yuv420p,setsar=1[c];[a][b][c]concat=n=3",
                "-c:v", "libx264", "-preset", "ultrafast", "-g", "50", folder + "/film.mp4",
            ]
        }
    }

    /// What the job's program makes of a trial when it is left alone.
    private func undisturbed(
        _ trial: Trial, _ files: [String: Bytes]
    ) async throws -> (files: [String: Bytes], measurements: JSONValue, seconds: Double) {
        try await Recording.inFolder { folder in
            let output = folder + "/out"
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
            for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: folder + "/" + name)) }
            let inputs = trial.inputs.map { name -> JSONValue in
                ["path": .string(folder + "/" + name), "name": .string(name), "mediaType": "application/octet-stream"]
            }
            let command: JSONValue = [
                "operation": .string("video." + trial.operation), "inputs": .array(inputs), "outputFolder": .string(output),
                "parameters": trial.parameters, "resources": [:],
                "limits": [
                    "cpuSeconds": 600, "wallSeconds": 600, "memoryBytes": .integer(12 << 30), "fileBytes": .integer(1 << 30),
                    "openFiles": 64,
                ],
            ]
            try Data(command.serialized()).write(to: URL(filePath: folder + "/command"))
            let start = ContinuousClock.now
            let run = try await CommandRun.run(
                "sh", ["-c", "exec \"$0\" job < \"$1\"", TestStudio.programs + "/avstudio-video", folder + "/command"])
            let seconds = (.now - start).seconds
            let last = try JSONValue(parsing: Bytes((run.output.split(separator: "\n").last ?? "null").utf8))
            let measurements = try #require(last["output"]?["measurements"], "\(trial.operation): \(run.output) \(run.errors)")
            var made: [String: Bytes] = [:]
            for name in try FileManager.default.contentsOfDirectory(atPath: output) {
                made[name] = Bytes(try Data(contentsOf: URL(filePath: output + "/" + name)))
            }
            return (made, measurements, seconds)
        }
    }

    /// The regular files below a folder: what work has left there.
    private func left(in folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: folder + "/" + $0, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    @Test func killedJobsAreDoneAgainAndWhole() async throws {
        let studio = try await TestStudio.start(environment: ["AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8"])
        let listed = try await studio.json(.get, "/video/operations").document["operations"]?.arrayValue ?? []
        let known = Set(listed.compactMap { $0["name"]?.stringValue })
        #expect(known == Set(Self.trials.map { "video." + $0.operation }).union(Self.others), "an operation is missing here")
        let captions = Bytes("1\n00:00:01,000 --> 00:00:02,000\nHi\n".utf8)
        let film = try await film()
        var hits = 0
        for trial in Self.trials {
            var (padding, isHit) = (Bytes(), false)
            // A job may be done before it is killed; the next has a film of its own, for it would be answered from the cache.
            for attempt in 1...5 where !isHit {
                let files = ["film.mp4": film + padding, "c.srt": captions]
                let whole = try await undisturbed(trial, files)
                isHit = try await kill(trial, files, whole, after: .random(in: 0...whole.seconds / Double(2 * attempt)), studio)
                padding += [0, 0, 0, 8] + Bytes("free".utf8)
            }
            hits += isHit ? 1 : 0
        }
        // On a busy machine one that lives for a few hundredths of a second may always be faster.
        #expect(hits * 3 >= Self.trials.count * 2, "\(hits) of \(Self.trials.count) were killed in time")
        try await studio.stop()
    }

    /// Kills a job's process after some seconds and looks at what comes of the job.
    /// - Returns: whether the process was there to be killed.
    private func kill(
        _ trial: Trial, _ files: [String: Bytes], _ whole: (files: [String: Bytes], measurements: JSONValue, seconds: Double),
        after delay: Double, _ studio: TestStudio
    ) async throws -> Bool {
        let what: Comment = "\(trial.operation) \(trial.parameters), killed after \(delay) s"
        let service = try studio.pid("video")
        var inputs: [JSONValue] = []
        for name in trial.inputs { inputs.append(.string(try await studio.upload(files[name] ?? [], name: name))) }
        let ended = try await studio.killedVideoJob(
            trial.operation, inputs, trial.parameters, after: delay, within: .seconds(90))
        let result = try #require(ended.result, "\(what) \(ended)")
        #expect(ended.state == .succeeded && result.frames == JobResult(measurements: whole.measurements).frames, what)
        #expect(result.measurements == whole.measurements || !trial.isExact, what)
        #expect(result.files.map(\.name).sorted() == whole.files.keys.sorted(), what)
        for file in result.files {
            let content = try await studio.send(.get, "/files/\(try #require(file.file))/content")
            #expect(content.status == 200 && Int64(content.body.count) == file.size, "\(what): \(file.name)")
            #expect(content.body == whole.files[file.name] || !trial.isExact, "\(what): \(file.name)")
        }
        #expect(try studio.pid("video") == service && Glibc.kill(service, 0) == 0, "the service stands")
        try await eventually("nothing of \(trial.operation) is left") {
            left(in: studio.folder + "/video/scratch").isEmpty && left(in: studio.folder + "/blobs/incoming").isEmpty
        }
        return ended.attempts > 1
    }
}
