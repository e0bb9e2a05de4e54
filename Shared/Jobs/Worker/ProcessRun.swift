import Contracts
import Primitives
import Synchronization

/// One run of a job's process, which another thread may cancel at any moment.
final class ProcessRun: Sendable {
    private enum State {
        case waiting, cancelled
        case running(ChildProcess)
    }

    private let state = Mutex(State.waiting)

    func cancel() {
        state.withLock { state in
            if case .running(let process) = state { process.kill() }
            state = .cancelled
        }
    }

    /// Runs a process for its command and blocks until it has ended.
    /// - Parameter start: gives the process, its command given to it.
    /// - Returns: what the operation gave.
    /// - Throws: `JobProblem`; `CancellationError` after `cancel()`.
    func run(
        _ limits: ResourceLimits, onReport: (JobReport) -> Void, start: () throws -> ChildProcess
    ) throws -> JobLine.Output {
        try output(of: waitForEnd(limits, onReport: onReport, start: start), limits)
    }

    /// Lets a spare process run its command and blocks until it has ended.
    /// - Returns: what the operation gave; `nil` when the process had ended before it began.
    /// - Throws: `JobProblem`; `CancellationError` after `cancel()`.
    func run(
        _ limits: ResourceLimits, in spare: SpareProcess, command: Bytes, onReport: (JobReport) -> Void
    ) throws -> JobLine.Output? {
        let end = try waitForEnd(limits, onReport: onReport, command: command) { try spare.begin() }
        return end.hasBegun ? try output(of: end, limits) : nil
    }

    private struct End {
        let exit: ChildProcess.Exit
        let errors: String
        let timedOut: Bool
        let last: JobLine
        let hasBegun: Bool
    }

    /// - Parameter command: what the process still has to be given.
    private func waitForEnd(
        _ limits: ResourceLimits, onReport: (JobReport) -> Void, command: Bytes? = nil, start: () throws -> ChildProcess
    ) throws -> End {
        let process: ChildProcess = try state.withLock { state in
            if case .cancelled = state { throw CancellationError() }
            let process = try start()
            state = .running(process)
            return process
        }
        // Not under the lock: a process reads it only when it has loaded everything, and cancelling does not wait for that.
        if let command { _ = process.send(command, isLast: true) }
        var last = JobLine()
        var hasBegun = false
        let ended = process.wait(limit: .seconds(limits.wallSeconds)) { bytes in
            guard let line = try? JSON.decode(JobLine.self, from: bytes) else { return }
            if line.hasBegun == true { hasBegun = true }
            if let fraction = line.progress {
                onReport(JobReport(fraction: fraction, stage: line.stage, partial: line.partial))
            }
            if line.output != nil || line.problem != nil { last = line }
        }
        if case .cancelled = state.withLock({ $0 }) { throw CancellationError() }
        return End(exit: ended.exit, errors: ended.errors, timedOut: ended.timedOut, last: last, hasBegun: hasBegun)
    }

    private func output(of end: End, _ limits: ResourceLimits) throws(JobProblem) -> JobLine.Output {
        if let problem = end.last.problem { throw problem.code == "out-of-memory" ? Self.memoryProblem(limits) : problem }
        if end.exit == .code(0), let output = end.last.output { return output }
        throw Self.problem(end.exit, end.errors, timedOut: end.timedOut, limits)
    }

    /// What Swift and C++ write when an allocation fails, before they end the process.
    private static let memoryFailures = ["Fatal error: failed to allocate ", "std::bad_alloc"]

    private static func memoryProblem(_ limits: ResourceLimits) -> JobProblem {
        JobProblem(
            code: "memory-limit", message: "the job needs more than the \(limits.memoryBytes >> 20) MB of memory that it may take")
    }

    /// What to say of a process that ended without a result.
    private static func problem(
        _ exit: ChildProcess.Exit, _ errors: String, timedOut: Bool, _ limits: ResourceLimits
    ) -> JobProblem {
        Log("jobs.process").warning(
            "a job's process ended without a result", ["exit": .string("\(exit)"), "stderr": .string(errors)])
        if timedOut {
            return JobProblem(code: "time-limit", message: "the job took longer than \(limits.wallSeconds) s and was ended")
        }
        if exit != .code(0), memoryFailures.contains(where: { errors.contains($0) }) { return memoryProblem(limits) }
        switch exit {
        // bubblewrap and shells report a child's signal as 128 + its number.
        case .signal(24), .code(128 + 24):
            return JobProblem(
                code: "cpu-limit", message: "the job used more than \(limits.cpuSeconds) s of processor time and was ended")
        case .signal(let number):
            return JobProblem(
                code: "process-crashed", message: "the job's process was ended by signal \(number)", isRetriable: true)
        case .code(let code) where code > 128:
            return JobProblem(
                code: "process-crashed", message: "the job's process was ended by signal \(code - 128)", isRetriable: true)
        case .code(let code):
            return JobProblem(
                code: "process-failed", message: "the job's process ended with code \(code) and no result", isRetriable: true)
        }
    }
}
