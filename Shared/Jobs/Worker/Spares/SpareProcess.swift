import Contracts
import FoundationEssentials
import Primitives
import Synchronization

/// A sandboxed process that loads what an operation needs and waits for its one job.
///
/// Its folder is bound into its namespaces before the job is known, so it can take no inputs. Until `end` it holds the memory that
/// its operation declares.
final class SpareProcess: Sendable {
    private enum State { case waiting, begun, ended }

    let folder: String
    /// The bytes that are held for it.
    let memory: Int
    let started = ContinuousClock.now
    private let process: ChildProcess
    private let threads: BlockingThreads
    private let onEnd: @Sendable () -> Void
    private let state = Mutex(State.waiting)

    /// - Parameters:
    ///   - arguments: the sandbox's command line over `folder`.
    ///   - preparation: what to load.
    ///   - memory: the bytes that are held for it until `onEnd`.
    ///   - threads: where its end is waited for.
    ///   - onEnd: called once, when the process has ended.
    /// - Throws: when the process can not be started.
    init(
        _ arguments: [String], preparation: JobPreparation, folder: String, memory: Int, threads: BlockingThreads,
        onEnd: @escaping @Sendable () -> Void
    ) throws {
        (self.folder, self.memory, self.threads, self.onEnd) = (folder, memory, threads, onEnd)
        let line = try JSON.encode(preparation) + [UInt8(ascii: "\n")]
        process = try ChildProcess(arguments, input: nil)
        _ = process.send(line, isLast: false)
    }

    /// Whether it has loaded what it can, or has ended.
    var isPrepared: Bool { process.hasSpoken }

    /// Whether it has ended without a job.
    var hasEnded: Bool { process.hasEnded }

    /// Lets the caller have the process: to send it its job, and to wait for its end.
    /// - Throws: `CancellationError` after `end`.
    func begin() throws -> ChildProcess {
        try state.withLock { state in
            guard state == .waiting else { throw CancellationError() }
            state = .begun
            return process
        }
    }

    /// Gives back what the process holds, and ends it first when it has got no job. Repeating it does nothing.
    func end() {
        let before = state.withLock { state in
            defer { state = .ended }
            return state
        }
        switch before {
        case .ended: break
        case .begun: leave()
        case .waiting:
            process.kill()
            // A sandbox that is killed while it is being set up may leave its program behind, which then ends by this.
            process.endInput()
            let reap: @Sendable () -> Void = {
                _ = self.process.wait(limit: .seconds(10)) { _ in }
                self.leave()
            }
            // Somebody has to wait for it, also when the threads have stopped.
            if !threads.post(reap) { startThread(name: "spare-end", reap) }
        }
    }

    private func leave() {
        try? FileManager.default.removeItem(atPath: folder)
        onEnd()
    }
}
