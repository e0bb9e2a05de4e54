import FoundationEssentials
import Primitives
import Synchronization

/// Keeps a spare process for every operation with a preparation, so that a job finds its models loaded.
///
/// One process still runs one job: whoever takes the spare ends with it, and the next is started when that job is well under way.
/// Spares count as jobs in the memory that all share and make room when a job waits for it.
package final class SpareProcesses: Sendable {
    private struct Wish: Sendable {
        let operation: AnyOperation
        let parameters: JSONValue

        /// - Returns: `nil` for an operation that prepares nothing.
        init?(_ operation: AnyOperation, like parameters: JSONValue) {
            guard operation.preparedFields != nil else { return nil }
            (self.operation, self.parameters) = (operation, operation.preparedParameters(parameters))
        }
    }

    private struct State {
        var ready: [String: SpareProcess] = [:]
        var isClosed = false
        var areFirstStarted = false
        var areFirstPrepared = false
    }

    private static let log = Log("jobs.spares")
    /// How often is looked whether one of them has ended by itself.
    private static let watch = Duration.seconds(1)
    /// How long the first of them may load before nobody waits for that any more.
    private static let patience = Duration.seconds(20)
    private let catalogue: OperationCatalogue
    private let sandbox: Sandbox
    private let memory: Slots
    private let scratch: ScratchFolder
    private let idle: Duration
    private let threads = BlockingThreads(name: "spare-process", count: 1)
    private let wishes = BoundedChannel<Wish>(capacity: 16)
    private let state = Mutex(State())

    /// - Parameters:
    ///   - memory: see `JobRunner`; shared with the runners that take the spares.
    ///   - scratchFolder: see `JobRunner`.
    ///   - idle: how long a spare waits for its job before it ends without a successor.
    /// - Throws: when the folder can not be made.
    package init(
        catalogue: OperationCatalogue, sandbox: Sandbox, memory: Slots, scratchFolder: String, idle: Duration
    ) throws {
        (self.catalogue, self.sandbox, self.memory) = (catalogue, sandbox, memory)
        (self.scratch, self.idle) = (try ScratchFolder(in: scratchFolder), idle)
    }

    /// Starts a spare for every operation that has a preparation, then those that are asked for, until the task is cancelled.
    package func run() async throws {
        for operation in catalogue.operations {
            if let wish = Wish(operation, like: operation.defaultParameters) { await start(wish) }
        }
        state.withLock { $0.areFirstStarted = true }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await wish in self.wishes { await self.start(wish) }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: min(self.idle / 4, Self.watch))
                    self.endAll { $0.hasEnded || $0.started + self.idle < .now }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Ends all spares for good and removes their folder.
    package func close() async {
        state.withLock { $0.isClosed = true }
        endAll()
        // The one thread is then done with a start under way, and behind it stands the end of what was started.
        _ = try? await threads.run {}
        // It takes this up when the last of them has ended.
        _ = try? await threads.run { [scratch] in try FileManager.default.removeItem(atPath: scratch.path) }
        threads.stop()
    }

    /// Whether the first of them have loaded what they can, so that the first jobs find it. It stays so whatever becomes of them.
    package var areFirstPrepared: Bool {
        state.withLock { state in
            if state.areFirstStarted, !state.areFirstPrepared {
                state.areFirstPrepared = state.ready.values.allSatisfy { $0.isPrepared || $0.started + Self.patience < .now }
            }
            return state.areFirstPrepared
        }
    }

    /// Spares that wait for a job, by operation.
    package var waiting: Set<String> { Set(state.withLock { $0.ready.keys }) }

    /// Ends spares, so that others may have their memory.
    func endAll(where fits: (SpareProcess) -> Bool = { _ in true }) {
        let ending = state.withLock { state in
            let ending = state.ready.filter { fits($0.value) }
            for name in ending.keys { state.ready[name] = nil }
            return ending.values
        }
        for spare in ending { spare.end() }
    }

    /// The operation's spare; whoever gets it has to end it. One that holds less memory than the job needs is of no use.
    func take(_ operation: String, for bytes: Int) -> SpareProcess? {
        guard let spare = state.withLock({ $0.ready.removeValue(forKey: operation) }) else { return nil }
        guard spare.memory < bytes else { return spare }
        spare.end()
        return nil
    }

    /// Asks for a spare unless there is one or no room for it.
    /// - Parameter parameters: of the last job, whose next is expected to be alike.
    func ask(for operation: AnyOperation, like parameters: JSONValue) {
        if let wish = Wish(operation, like: parameters) { _ = wishes.trySend(wish) }
    }

    private func start(_ wish: Wish) async {
        let operation = wish.operation
        do {
            // Without its model there is nothing to prepare.
            try operation.check(operation.canonicalParameters(wish.parameters), resources: sandbox.resources)
            try await threads.run { try self.startHere(wish) }
        } catch {
            Self.log.info(
                "no process is kept ready", ["operation": .string(operation.name), "reason": .string("\(error)")])
        }
    }

    private func startHere(_ wish: Wish) throws {
        let need = wish.operation.memory(of: wish.parameters, resources: sandbox.resources)
        let (name, bytes) = (wish.operation.name, Int(need.bytes))
        guard state.withLock({ !$0.isClosed && $0.ready[name] == nil }), memory.tryAcquire(bytes) else { return }
        let folder = scratch.path + "/" + Identifier.make("spare")
        let spare: SpareProcess
        do {
            try FileManager.default.createDirectory(atPath: folder + "/out", withIntermediateDirectories: true)
            let preparation = JobPreparation(
                operation: name, parameters: wish.parameters, resources: sandbox.resourcePaths,
                limits: .standard(wish.operation.cost).holding(need))
            spare = try SpareProcess(
                sandbox.command(["spare"], inputs: [], outputFolder: folder + "/out"), preparation: preparation, folder: folder,
                memory: bytes, threads: threads, onEnd: { [memory] in memory.release(bytes) })
        } catch {
            memory.release(bytes)
            throw error
        }
        let isKept = state.withLock { state in
            guard !state.isClosed else { return false }
            state.ready[name] = spare
            return true
        }
        if !isKept { spare.end() }
        // Who began to wait before the spare was known could not end it.
        if memory.waitingCount > 0 { endAll() }
    }
}
