import Blobs
import Contracts
import FoundationEssentials
import Primitives
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Live outputs of a program that stands for the service's own.
@Suite struct LiveOutputTests {
    struct Parameters: Sendable {
        var memory = 1
    }

    enum Say: Operation {
        static let name = "test.say"
        static let summary = "Says something."
        static let inputs = InputRule(.any, count: 0...0)
        static let schema = Schema(Parameters()) { Field.integer("memory", \.memory, in: 1...100, "Bytes.") }
        static let output = OutputDescription(files: "What was said.")
        static let memory = ByteSize.bytes(1)
        static func memory(_ parameters: Parameters, resources: [String: String]) -> ByteSize {
            .bytes(Int64(parameters.memory))
        }
        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput { JobOutput() }
    }

    /// What a client gets who asks while everything is taken, or who leaves.
    private struct Stage {
        let folder: TemporaryFolder
        let memory: Slots
        let runner: JobRunner
        /// What is in the folders of runners.
        var runs: [String] {
            let scratch = folder.appending("scratch")
            let runners = (try? FileManager.default.contentsOfDirectory(atPath: scratch)) ?? []
            return runners.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: scratch + "/" + $0)) ?? [] }
        }

        /// - Parameter script: what the program does; the pipe is `$pipe`.
        init(_ script: String, scratch: String = "scratch", memory bytes: Int = 1) throws {
            memory = Slots(bytes)
            folder = try TemporaryFolder("live")
            let program = folder.appending("program")
            let text = "#!/bin/sh\npipe=$(sed 's/.*\"streamPath\":\"\\([^\"]*\\)\".*/\\1/; s,\\\\/,/,g')\n\(script)\n"
            try #require(
                FileManager.default.createFile(
                    atPath: program, contents: Data(text.utf8), attributes: [.posixPermissions: 0o755]))
            runner = try JobRunner(
                catalogue: OperationCatalogue(service: "test", [AnyOperation(Say.self)]),
                blobs: LocalBlobStore(root: folder.appending("blobs"), quota: nil, minimumFree: .bytes(0)),
                scratchFolder: folder.appending(scratch), sandbox: Sandbox(executable: program), slots: 1, memory: memory)
        }

        /// Waits until nothing runs any more.
        func untilEmpty() async throws {
            try await withDeadline(.seconds(20)) { [runner] in
                try await runner.liveSlots.acquire()
                runner.liveSlots.release()
            }
            #expect(runs.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(1))) func bytesComeAsTheyAreMade() async throws {
        let stage = try Stage("echo one > $pipe; echo '{\"output\":{\"files\":[],\"measurements\":{}}}'")
        let output = try await stage.runner.live("test.say", [:])
        var bytes = Bytes()
        while let more = try await output.next() { bytes += more }
        #expect(String(decoding: bytes, as: UTF8.self) == "one\n")
        try await stage.untilEmpty()
    }

    /// What a job takes of the memory is what its own parameters ask for.
    @Test(.timeLimit(.minutes(1))) func parametersDecideAboutMemory() async throws {
        let stage = try Stage("echo one > $pipe; sleep 600", memory: 100)
        let output = try await stage.runner.live("test.say", ["memory": 60])
        #expect(try await output.next() != nil)
        #expect(!stage.memory.tryAcquire(41))
        #expect(stage.memory.tryAcquire(40))
        let waiting = Task { try await output.next() }
        waiting.cancel()
        _ = await waiting.result
        try await stage.untilEmpty()
    }

    /// The end is told as that of a job, before whoever listens hears of it.
    @Test(.timeLimit(.minutes(1)), arguments: [true, false]) func theEndIsTold(succeeds: Bool) async throws {
        let line = succeeds ? "{\"output\":{\"files\":[],\"measurements\":{\"duration_seconds\":3}}}" : "{\"progress\":0.5}"
        let stage = try Stage("echo one > $pipe; echo '\(line)'; exit \(succeeds ? 0 : 3)")
        let ended = Mutex<[JobDocument]>([])
        let output = try await stage.runner.live("test.say", [:], owner: "ann") { job in ended.withLock { $0.append(job) } }
        do {
            while try await output.next() != nil {}
            #expect(succeeds)
        } catch {
            #expect(!succeeds, "\(error)")
        }
        let job = try #require(ended.withLock { $0.count == 1 ? $0[0] : nil })
        #expect(job.operation == "test.say" && job.owner == "ann" && job.state == (succeeds ? .succeeded : .failed), "\(job)")
        #expect((job.problem == nil) == succeeds && job.started != nil && job.finished != nil)
        if succeeds { #expect(job.result?.measurements["duration_seconds"] == 3) }
        try await stage.untilEmpty()
    }

    /// A client leaves while its process waits for memory, and while the process says nothing: its place is free again.
    @Test(.timeLimit(.minutes(1)), arguments: [true, false]) func whoLeavesFreesTheirPlace(waitsForMemory: Bool) async throws {
        let stage = try Stage("sleep 600")
        if waitsForMemory { try await stage.memory.acquire() }
        let output = try await stage.runner.live("test.say", [:], patience: .seconds(600))
        let listening = Task { try await output.next() }
        if waitsForMemory { try await eventually("it waits") { stage.memory.waitingCount > 0 } }
        listening.cancel()
        await #expect(throws: CancellationError.self) { try await listening.value }
        try await stage.untilEmpty()
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false]) func whoWaitsTooLongIsToldToComeAgain(forMemory: Bool) async throws {
        let stage = try Stage("sleep 600")
        try await (forMemory ? stage.memory : stage.runner.liveSlots).acquire()
        let problem = await #expect(throws: JobProblem.self) {
            let output = try await stage.runner.live("test.say", [:], patience: .milliseconds(20))
            _ = try await output.next()
        }
        #expect(problem?.isRetriable == true && problem?.code == "busy")
        (forMemory ? stage.memory : stage.runner.liveSlots).release()
        try await stage.untilEmpty()
    }

    /// The pipe's path is longer than the system allows, that of its folder is not.
    @Test func aPipeThatCanNotBeMadeLeavesNothing() async throws {
        let probe = try Stage("")
        let tail = Identifier.make("runner").utf8.count + Identifier.make("run").utf8.count + "///out".utf8.count
        var scratch = "scratch"
        let wanted = 4093 - tail - probe.folder.path.utf8.count - 1
        // The last part makes up what is missing; a name has at most 255 bytes.
        while wanted - scratch.utf8.count > 250 { scratch += "/" + String(repeating: "x", count: 100) }
        scratch += "/" + String(repeating: "y", count: wanted - scratch.utf8.count - 1)
        let stage = try Stage("", scratch: scratch)
        await #expect(throws: JobProblem.self) { try await stage.runner.live("test.say", [:]) }
        let runner = try #require(FileManager.default.contentsOfDirectory(atPath: stage.folder.appending(scratch)).first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: stage.folder.appending(scratch + "/" + runner)).isEmpty)
        try await stage.runner.liveSlots.acquire()
    }
}
