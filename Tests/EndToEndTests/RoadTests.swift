import Contracts
import Foundation
import HTTP
import Primitives
import TestSupport
import Testing

/// The whole road on a running studio: nginx, gateway, audio, nats-server, and the command line.
@Suite(.serialized) final class RoadTests: Sendable {
    /// One studio for the suite; it is ended with the test process, whose last test stops it.
    private static let shared = SharedStudio()

    private func recording() async throws -> Bytes {
        try await Recording.speech()
    }

    @Test func normalisesARecording() async throws {
        let studio = try await Self.shared.studio()
        let file = try await studio.upload(try await recording(), name: "a talk.wav")
        let answer = try await studio.json(
            .post, "/audio/normalize", ["input": .string(file), "parameters": ["preset": "podcast"]], headers: ["Prefer": "wait=60"]
        )
        #expect(answer.status == 200)
        let job = try answer.document.decoded(as: JobDocument.self)
        #expect(job.state == .succeeded, "\(answer.document)")
        let output = try #require(job.result?.files.first?.file)
        let content = try await studio.send(.get, "/files/\(output)/content")
        #expect(content.status == 200)
        let loudness = try await Recording.integratedLoudness(content.body)
        #expect(abs(loudness - -16) < 0.2, "an independent meter says \(loudness) LUFS")
    }

    @Test func metricsTellWhatEachOperationCosts() async throws {
        let studio = try await Self.shared.studio()
        let file = try await studio.upload(try await recording(), name: "measured.wav")
        let parameters: JSONValue = ["input": .string(file), "parameters": ["target_lufs": -17.5]]
        let answer = try await studio.json(.post, "/audio/normalize", parameters, headers: ["Prefer": "wait=60"])
        let job = try answer.document.decoded(as: JobDocument.self)
        // Told by the service itself, which only this machine reaches.
        let metrics = try await CommandRun.run("curl", ["-sf", "http://127.0.0.1:\(studio.port + 2)/metrics"])
        func value(_ name: String) -> Double {
            let line = metrics.output.split(separator: "\n").first { $0.hasPrefix(name + "{operation=\"audio.normalize\"}") }
            return line?.split(separator: " ").last.flatMap { Double($0) } ?? -1
        }
        #expect(value("operation_jobs_total") >= 1)
        #expect(value("operation_media_seconds_total") >= job.result?.measurements["duration_seconds"]?.doubleValue ?? .infinity)
        #expect(value("operation_cpu_seconds_total") >= job.result?.usage?.cpuSeconds ?? .infinity)
        #expect(value("operation_real_time_factor") > 0)
    }

    private static let isVoiceWanted = ClientPrograms.areWanted(Readme.root + "/var/models/registry.json")

    /// Speech that is sent while it is made is no job, and counts like one.
    @Test(.enabled(if: isVoiceWanted, "deploy/models install puts the models here")) func liveSpeechIsCounted() async throws {
        let studio = try await Self.shared.studio()
        let body: JSONValue = [
            "model": "tts-1", "voice": "alloy", "input": "Good evening to all of you.", "response_format": "wav",
        ]
        let spoken = try await studio.send(
            .post, "/v1/audio/speech", body: body.serialized(), headers: ["Content-Type": "application/json"])
        #expect(spoken.status == 200 && spoken.body.count > 20_000)
        let metrics = try await CommandRun.run("curl", ["-sf", "http://127.0.0.1:\(studio.port + 2)/metrics"]).output
        for name in ["jobs_total", "media_seconds_total", "cpu_seconds_total"] {
            let line = metrics.split(separator: "\n").first { $0.hasPrefix("operation_\(name){operation=\"audio.speak\"}") }
            #expect((line?.split(separator: " ").last.flatMap { Double($0) } ?? 0) > 0, "\(name)")
        }
        // The analytics know of it, and nobody is told of a job that is none.
        try await eventually("the analytics have counted it") {
            let runs = try await studio.json(.get, "/api/runs?script=audio.speak").document["runs"]?.arrayValue ?? []
            return runs.contains { $0["id"]?.stringValue?.hasPrefix("live_") == true && $0["status"] == "succeeded" }
        }
        let jobs = try await studio.json(.get, "/audio/jobs?limit=500").document["jobs"]?.arrayValue ?? []
        #expect(!jobs.contains { $0["operation"] == "audio.speak" })
        #expect(try await studio.finishedJobs(atLeast: 0).allSatisfy { !$0.hasPrefix("live_") })
    }

    @Test func answersAnIdenticalJobFromItsCache() async throws {
        let studio = try await Self.shared.studio()
        let file = try await studio.upload(try await recording(), name: "twice.wav")
        let body: JSONValue = ["input": .string(file), "parameters": ["preset": "spotify"]]
        _ = try await studio.json(.post, "/audio/normalize", body, headers: ["Prefer": "wait=60"])
        let second = try await studio.json(.post, "/audio/normalize", body)
        #expect(second.document["cached"] == true)
        #expect(second.document["state"] == "succeeded")
    }

    @Test func idempotencyKeyGivesTheSameJob() async throws {
        let studio = try await Self.shared.studio()
        let headers: HTTPHeaders = ["Idempotency-Key": "the-same"]
        let first = try await studio.json(.post, "/audio/bench-noop", [:], headers: headers)
        let again = try await studio.json(.post, "/audio/bench-noop", [:], headers: headers)
        #expect(first.document["id"] == again.document["id"])
        let other = try await studio.json(.post, "/audio/bench-noop-sandboxed", [:], headers: headers)
        #expect(other.status == 422)
        #expect(other.document["code"] == "idempotency-key-reused")
    }

    @Test func batchOfFilesEndsAndCounts() async throws {
        let studio = try await Self.shared.studio()
        var files: [JSONValue] = []
        for number in 0..<4 {
            files.append(
                .string(try await studio.upload(try await Recording.tone(hertz: 300 + number * 50), name: "tone\(number).wav")))
        }
        let started = try await studio.json(.post, "/audio/loudness", ["inputs": .array(files)])
        #expect(started.status == 202)
        let location = try #require(started.headers["Location"])
        let batch = try await withDeadline(.seconds(60)) {
            while true {
                let document = try await studio.json(.get, location).document
                if document["finished"] == true { return document }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        #expect(batch["states"]?["succeeded"] == 4)
    }

    @Test func cancelEndsARunningJob() async throws {
        let studio = try await Self.shared.studio()
        let file = try await studio.upload(try await Recording.longNoise(), name: "long.wav")
        let started = try await studio.json(
            .post, "/audio/convert", ["input": .string(file), "parameters": ["format": "mp3"]])
        let id = try #require(started.document["id"]?.stringValue, "\(started.document)")
        let cancelled = try await studio.json(.delete, "/audio/jobs/\(id)")
        #expect(cancelled.document["state"] == "cancelled")
        #expect(try await studio.json(.get, "/audio/jobs/\(id)").document["state"] == "cancelled")
    }

    @Test func commandLineDoesTheRoad() async throws {
        let studio = try await Self.shared.studio()
        let folder = FileManager.default.temporaryDirectory.path + "/cli-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(try await recording()).write(to: URL(fileURLWithPath: folder + "/talk.wav"))
        let run = try await studio.avstudio(
            ["audio", "normalize", "talk.wav", "--preset", "podcast", "-o", "out.m4a", "--format", "aac", "--json"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try JSONValue(parsing: Bytes(run.output.utf8))["state"] == "succeeded")
        let out = try Data(contentsOf: URL(fileURLWithPath: folder + "/out.m4a"))
        #expect(abs(try await Recording.integratedLoudness(Bytes(out)) - -16) < 0.5)
        #expect(try await studio.avstudio(["audio", "normalize", "nowhere.wav"], in: folder).status == 2)
        #expect(try await studio.avstudio(["jobs", "list", "--key", "avs_wrong_key"]).status == 4)
        #expect(try await studio.avstudio(["status"]).status == 0)
        let doctor = try await studio.avstudio(["doctor"])
        #expect(doctor.output.contains("nginx port") && doctor.output.contains("\(studio.port): ready"), "\(doctor)")
        #expect(doctor.output.contains("disk") && doctor.output.contains("sandbox"))
    }

    @Test func filesComeAndGoByTheCommandLine() async throws {
        let studio = try await Self.shared.studio()
        let folder = try TemporaryFolder("files")
        defer { folder.remove() }
        let bytes = Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        try bytes.write(to: URL(fileURLWithPath: folder.appending("note.bin")))
        let sent = try await studio.avstudio(["files", "upload", "note.bin", "--json"], in: folder.path)
        let id = try #require(try JSONValue(parsing: Bytes(sent.output.utf8))["id"]?.stringValue, "\(sent)")
        let listed = try await studio.avstudio(["files", "list"])
        #expect(listed.status == 0 && listed.output.contains(id) && listed.output.contains("note.bin"), "\(listed)")
        let fetched = try await studio.avstudio(["files", "download", id, "-o", "back.bin"], in: folder.path)
        #expect(fetched.status == 0, "\(fetched)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.appending("back.bin"))) == bytes)
        #expect(try await studio.avstudio(["files", "delete", id]).status == 0)
        #expect(try await studio.avstudio(["files", "list"]).output.contains(id) == false)
        #expect(try await studio.avstudio(["files", "download", id, "-o", "none.bin"], in: folder.path).status != 0)
        #expect(!FileManager.default.fileExists(atPath: folder.appending("none.bin")))
    }

    @Test func aKeyIsMadeForSomeModels() async throws {
        let studio = try await Self.shared.studio()
        let words = ["keys", "create", "guest", "--scopes", "llm,files:read", "--models", "gpt-5*,whisper", "--json"]
        let run = try await studio.avstudio(words)
        let key = try JSONValue(parsing: Bytes(run.output.utf8))
        #expect(key["models"] == ["gpt-5*", "whisper"] && key["scopes"] == ["files:read", "llm"], "\(run)")
    }

    /// A bar where somebody looks, lines where a file or a pipe takes them.
    @Test func progressIsABarOnATerminalAndLinesElsewhere() async throws {
        let studio = try await Self.shared.studio()
        let folder = try TemporaryFolder("progress")
        try Data(try await recording()).write(to: URL(fileURLWithPath: folder.appending("talk.wav")))
        let words = ["audio", "normalize", "talk.wav", "-o", "out.wav"]
        let piped = try await studio.avstudio(words, in: folder.path)
        #expect(piped.status == 0 && piped.errors.contains("100 %\n") && !piped.errors.contains("\r"), "\(piped.errors)")
        let program = TestStudio.programs + "/avstudio"
        let terminal = try await CommandRun.run(
            "script", ["--quiet", "--return", "--command", ([program] + words).joined(separator: " "), "/dev/null"],
            environment: ["AVSTUDIO_URL": studio.url, "AVSTUDIO_KEY": studio.ownerKey], in: folder.path)
        #expect(terminal.status == 0 && terminal.output.contains("█") && terminal.output.contains("\r"), "\(terminal)")
    }

    @Test func endsTheSharedStudio() async throws {
        try await Self.shared.stop()
    }
}

/// One studio that several tests use, started when first needed.
actor SharedStudio {
    private var starting: Task<TestStudio, any Error>?
    private let environment: [String: String]

    /// - Parameter environment: configuration of the services.
    init(environment: [String: String] = [:]) {
        self.environment = environment
    }

    func studio() async throws -> TestStudio {
        if let starting { return try await starting.value }
        let task = Task { try await TestStudio.start(environment: environment) }
        starting = task
        return try await task.value
    }

    func stop() async throws {
        guard let starting else { return }
        self.starting = nil
        try await starting.value.stop()
    }
}
