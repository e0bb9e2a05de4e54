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

    /// Starts the process and blocks until it has ended.
    /// - Returns: what the operation gave.
    /// - Throws: `JobProblem`; `CancellationError` after `cancel()`.
    func run(
        _ arguments: [String], input: Bytes, limits: ResourceLimits, onProgress: (Double, String?) -> Void
    ) throws -> JobLine.Output {
        let process: ChildProcess = try state.withLock { state in
            if case .cancelled = state { throw CancellationError() }
            let process = try ChildProcess(arguments, input: input)
            state = .running(process)
            return process
        }
        var last = JobLine()
        let ended = process.wait(limit: .seconds(limits.wallSeconds)) { bytes in
            guard let line = try? JSON.decode(JobLine.self, from: bytes) else { return }
            if let fraction = line.progress { onProgress(min(1, max(0, fraction)), line.stage) }
            if line.output != nil || line.problem != nil { last = line }
        }
        if case .cancelled = state.withLock({ $0 }) { throw CancellationError() }
        if let problem = last.problem { throw problem }
        if ended.exit == .code(0), let output = last.output { return output }
        throw Self.problem(ended.exit, ended.errors, timedOut: ended.timedOut, limits)
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
