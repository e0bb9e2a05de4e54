import Blobs
import Contracts
import FoundationEssentials
import Glibc
import Primitives
import TestSupport
import Testing

@testable import Jobs
@testable import ServiceRuntime

/// Processes that wait for their job, with the audio service's own program.
@Suite struct SpareProcessTests {
    private static let operation = BenchOperations.PreparedNoop.name

    private struct Workshop {
        let spares: SpareProcesses
        let runner: JobRunner
        let memory: Slots
        let folder: TemporaryFolder

        /// - Returns: for whom the process of a job had been made ready; `nil` when it had not.
        func job(_ name: String, of operation: String = operation) async throws -> String? {
            let parameters: JSONValue = operation == SpareProcessTests.operation ? ["name": .string(name)] : [:]
            let order = JobOrder(id: Identifier.make("job"), operation: operation, inputs: [], parameters: parameters)
            return try await runner.run(order) { _ in }.measurements["prepared"]?.stringValue
        }

        func untilWaiting() async throws {
            while spares.waiting.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        }

        /// The processes whose command line names the folder of the spares.
        var processes: [pid_t] {
            let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            return all.compactMap(pid_t.init).filter { process in
                let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
                return String(decoding: line, as: UTF8.self).contains(folder.appending("spares"))
            }
        }

        func untilGone() async throws {
            while !processes.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    /// - Parameter slots: of memory, in jobs.
    private func withWorkshop(
        jobs count: Int = 8, idle: Duration = .minutes(10), _ body: @escaping @Sendable (Workshop) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder("spares")
        defer { folder.remove() }
        let catalogue = OperationCatalogue(service: "audio", BenchOperations.all("audio"))
        let sandbox = try Sandbox(executable: TestStudio.programs + "/avstudio-audio")
        let memory = Slots(count * Int(ByteSize.mib(128).bytes))
        let spares = try SpareProcesses(
            catalogue: catalogue, sandbox: sandbox, memory: memory, scratchFolder: folder.appending("spares"), idle: idle)
        let blobs = try LocalBlobStore(root: folder.appending("blobs"), quota: nil, minimumFree: .bytes(0))
        let runner = try JobRunner(
            catalogue: catalogue, blobs: blobs, scratchFolder: folder.appending("scratch"), sandbox: sandbox, slots: 2,
            memory: memory, spares: spares)
        let workshop = Workshop(spares: spares, runner: runner, memory: memory, folder: folder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await spares.run() }
            try await withDeadline(.seconds(60)) { try await body(workshop) }
            await spares.close()
            group.cancelAll()
        }
        #expect(workshop.processes.isEmpty)
        // Each has been waited for.
        #expect(memory.tryAcquire(memory.capacity))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending("spares")).isEmpty)
    }

    /// Who is told so finds it loaded.
    @Test func theFirstAreReadyWhenTheyHaveLoaded() async throws {
        try await withWorkshop { workshop in
            while !workshop.spares.areFirstPrepared { try await Task.sleep(for: .milliseconds(5)) }
            let spare = try #require(workshop.spares.take(Self.operation, for: 1))
            #expect(spare.isPrepared && !spare.hasEnded)
            spare.end()
            #expect(workshop.spares.areFirstPrepared)
        }
    }

    /// One that fails holds nobody up.
    @Test func theFirstAreReadyWhenTheyHaveEnded() async throws {
        try await withWorkshop { workshop in
            try await workshop.untilWaiting()
            for process in workshop.processes { kill(process, SIGKILL) }
            while !workshop.spares.areFirstPrepared { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    /// The next process is made ready for what the last job asked for, and every process runs one job.
    @Test func aJobFindsWhatTheOneBeforeItNeeded() async throws {
        try await withWorkshop { workshop in
            try await workshop.untilWaiting()
            #expect(try await workshop.job("ann") == "nobody")
            try await workshop.untilWaiting()
            #expect(try await workshop.job("bob") == "ann")
            try await workshop.untilWaiting()
            // Nothing is kept of an ended job.
            let folders = try FileManager.default.contentsOfDirectory(atPath: workshop.folder.appending("spares"))
            #expect(folders.count == 1)
        }
    }

    /// A job does not run on less memory than it needs because somebody's process was at hand.
    @Test func aSpareWithLessMemoryIsNotTaken() async throws {
        try await withWorkshop { workshop in
            try await workshop.untilWaiting()
            #expect(try await workshop.job("everybody") == nil)
            try await workshop.untilWaiting()
            #expect(try await workshop.job("ann") == "everybody")
        }
    }

    @Test func aKilledSpareCostsAColdStart() async throws {
        try await withWorkshop { workshop in
            try await workshop.untilWaiting()
            for process in workshop.processes { kill(process, SIGKILL) }
            #expect(try await workshop.job("ann") == nil)
            try await workshop.untilWaiting()
            #expect(try await workshop.job("bob") == "ann")
        }
    }

    /// It is missed before a job wants it.
    @Test func aKilledSpareGivesItsMemoryBack() async throws {
        try await withWorkshop(jobs: 1) { workshop in
            try await workshop.untilWaiting()
            for process in workshop.processes { kill(process, SIGKILL) }
            try await workshop.memory.acquire(workshop.memory.capacity)
            #expect(workshop.spares.waiting.isEmpty)
            workshop.memory.release(workshop.memory.capacity)
        }
    }

    @Test func closingEndsTheOneThatIsStarting() async throws {
        for _ in 0..<5 { try await withWorkshop { _ in } }
    }

    /// A job of another operation gets the memory that the spare holds, and the budget is whole again afterwards.
    @Test func aSpareMakesRoomForAJob() async throws {
        try await withWorkshop(jobs: 1) { workshop in
            try await workshop.untilWaiting()
            #expect(!workshop.memory.tryAcquire(1))
            _ = try await workshop.job("", of: BenchOperations.SandboxedNoop.name)
            #expect(workshop.spares.waiting.isEmpty)
            try await workshop.untilGone()
            #expect(workshop.memory.tryAcquire(workshop.memory.capacity))
            workshop.memory.release(workshop.memory.capacity)
        }
    }

    /// Who waits for memory does not hold up the job that has it.
    @Test func aJobInASpareWaitsForNobody() async throws {
        try await withWorkshop(jobs: 1) { workshop in
            try await workshop.untilWaiting()
            let order = JobOrder(id: "job_1", operation: Self.operation, inputs: [], parameters: [:])
            let place = try workshop.runner.place(for: order)
            let queued = BoundedChannel<Bool>(capacity: 1)
            let waiting = Task { try await workshop.memory.acquire(1) { _ = queued.trySend(true) } }
            #expect(try await queued.next() == true)
            let output = try await workshop.runner.runSandboxed(
                AnyOperation(BenchOperations.PreparedNoop.self), order, [], place, streamName: nil
            ) { _ in }
            #expect(output.measurements["prepared"] == "nobody")
            place.leave()
            try await waiting.value
            workshop.memory.release(1)
        }
    }

    @Test func aSpareThatNobodyNeedsEnds() async throws {
        try await withWorkshop(jobs: 1, idle: .milliseconds(200)) { workshop in
            // All memory is free once the spare has ended; nothing here asks it to.
            try await workshop.untilWaiting()
            try await workshop.memory.acquire(workshop.memory.capacity)
            #expect(workshop.spares.waiting.isEmpty)
            workshop.memory.release(workshop.memory.capacity)
        }
    }

    @Test func aJobWithInputsDoesNotUseIt() async throws {
        try await withWorkshop { workshop in
            try await workshop.untilWaiting()
            let file = JobFile(file: nil, digest: "sha256:00", size: 0, name: "a", mediaType: "text/plain")
            let order = JobOrder(id: "job_1", operation: Self.operation, inputs: [file], parameters: [:])
            let place = try workshop.runner.place(for: order)
            #expect(place.spare == nil)
            place.leave()
            #expect(workshop.spares.waiting == [Self.operation])
        }
    }
}
