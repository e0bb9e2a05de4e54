import Contracts
import FoundationEssentials
import Glibc
import HTTP
import Jobs
import Messaging
import Primitives
import TestSupport
import Testing

/// Faults in the midst of what takes long or takes much.
@Suite(.serialized) struct ModelFaultTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let models = root + "/var/models"
    private static var areModelsWanted: Bool { ClientPrograms.areWanted(models + "/registry.json") }

    /// Kills the worker once while its process loads the model and once in the midst of the recording: another worker does the
    /// job, and it ends once.
    @Test(.enabled(if: areModelsWanted, "deploy/models install puts the models here"), .timeLimit(.minutes(4)))
    func workersKilledWhileLoadingAndInMidFileEndTheJobOnce() async throws {
        let studio = try await TestStudio.start(environment: [
            "AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8", "AVSTUDIO_WORKER_SLOTS": "0",
            "AVSTUDIO_MODEL_FOLDER": Self.models,
        ])
        var worker = try studio.startWorker(0)
        let file = try await studio.upload(try await Self.music(), name: "music.wav")
        let accepted = try await studio.json(
            .post, "/audio/separate", ["input": .string(file), "parameters": ["format": "wav"]])
        let id = try #require(accepted.document["id"]?.stringValue, "\(accepted.document)")

        try await eventually("the job's process loads the model", within: .seconds(100)) {
            // A spare process has the runtime's library too.
            guard try await studio.json(.get, "/audio/jobs/\(id)").document["attempts"] == 1 else { return false }
            return Self.processes(of: worker).contains { Self.file("/proc/\($0)/maps").contains("onnxruntime") }
        }
        Self.end(worker, SIGKILL)
        try await eventually("its processes are gone") { Self.processes(of: worker).isEmpty }
        worker = try studio.startWorker(1)
        try await eventually("the second worker is in the recording", within: .seconds(100)) {
            let job = try await studio.json(.get, "/audio/jobs/\(id)").document
            return job["attempts"] == 2 && (job["progress"]?.doubleValue ?? 0) > 0
        }
        Self.end(worker, SIGKILL)
        worker = try studio.startWorker(2)
        try await eventually("the third worker ends the job", within: .seconds(100)) {
            try await studio.json(.get, "/audio/jobs/\(id)").document["finished"]?.stringValue != nil
        }

        let job = try await studio.json(.get, "/audio/jobs/\(id)").document.decoded(as: JobDocument.self)
        #expect(job.state == .succeeded && job.attempts == 3, "\(job)")
        #expect(job.result?.files.count == 2)
        #expect(try await studio.finishedJobs(atLeast: 1) == [id])
        let files = try await studio.json(.get, "/files?limit=500").document["files"]?.arrayValue ?? []
        #expect(files.count == 3, "the recording and two stems")
        Self.end(worker, SIGTERM)
        try await studio.stop()
    }

    /// A job that takes more memory than it may is told so and not tried again; the service does not notice.
    @Test func memoryLimitIsToldAndTheServiceLives() async throws {
        let studio = try await TestStudio.start()
        let service = try studio.pid("audio")
        let answer = try await studio.json(.post, "/audio/bench-memory", [:], headers: ["Prefer": "wait=60"])
        #expect(answer.status == 422 && answer.document["code"] == "memory-limit", "\(answer.document)")
        let id = try #require(answer.document["job"]?.stringValue)
        let job = try await studio.json(.get, "/audio/jobs/\(id)").document
        #expect(job["state"] == "failed" && job["attempts"] == 1)
        #expect(try studio.pid("audio") == service && kill(service, 0) == 0)
        let next = try await studio.json(.post, "/audio/bench-noop-sandboxed", [:], headers: ["Prefer": "wait=60"])
        #expect(next.document["state"] == "succeeded")
        try await studio.stop()
    }

    // MARK: Tools

    private static func music() async throws -> Bytes {
        let folder = try TemporaryFolder("music")
        let path = folder.appending("music.wav")
        let run = try await CommandRun.run(
            "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "anoisesrc=r=44100:a=0.2:d=40", "-ac", "2", path])
        try #require(run.status == 0, "\(run.errors)")
        return Bytes(try Data(contentsOf: URL(filePath: path)))
    }

    private static func end(_ worker: pid_t, _ signal: Int32) {
        kill(worker, signal)
        var status: Int32 = 0
        while waitpid(worker, &status, 0) == -1 && errno == EINTR {}
    }

    /// The processes that a worker has started, and those that they have.
    private static func processes(of worker: pid_t) -> [Int] {
        var parents: [Int: Int] = [:]
        for entry in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = Int(entry) else { continue }
            let line = file("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("PPid:") }
            parents[pid] = line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) }
        }
        var (found, next) = ([Int](), [Int(worker)])
        while let parent = next.popLast() {
            let children = parents.filter { $0.value == parent }.map(\.key)
            found += children
            next += children
        }
        return found
    }

    private static func file(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
