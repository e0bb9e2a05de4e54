import CLinux
package import Contracts
import FoundationEssentials
import Glibc
package import Primitives
import Synchronization

/// An operation's one output file, handed on while it is being made. It runs at once in the sandbox, beside the queue: nothing of
/// it is kept, and it ends when nobody listens any more.
///
/// The bytes come through a named pipe, so that a slow listener holds the operation back.
package final class LiveOutput: Sendable {
    private let process: Task<Void, any Error>
    private let pipe: Pipe
    private let threads: BlockingThreads

    fileprivate init(process: Task<Void, any Error>, pipe: Pipe, threads: BlockingThreads) {
        (self.process, self.pipe, self.threads) = (process, pipe, threads)
    }

    deinit { process.cancel() }

    /// The next bytes, at most 64 KiB; waits for them.
    /// - Returns: `nil` after the last.
    /// - Throws: the operation's `JobProblem`; `CancellationError`.
    package func next() async throws -> Bytes? {
        do {
            let bytes = try await withTaskCancellationHandler {
                try await threads.run { [pipe] in try pipe.read() }
            } onCancel: {
                process.cancel()
                pipe.end()
            }
            try Task.checkCancellation()
            if bytes == nil { try await process.value }
            return bytes
        } catch {
            process.cancel()
            throw error
        }
    }
}

extension JobRunner {
    /// Runs an operation that needs no inputs at once.
    /// - Parameters:
    ///   - parameters: canonical ones.
    ///   - owner: whose it is.
    ///   - patience: how long it may wait for a free place, and for memory.
    ///   - onEnd: told of the end as a job's end is told, its files left out; before whoever listens is.
    /// - Throws: `JobProblem`, a retriable one when there is no free place in time; `CancellationError`.
    package func live(
        _ name: String, _ parameters: JSONValue, owner: String = "", patience: Duration = .seconds(20),
        onEnd: @escaping @Sendable (JobDocument) async -> Void = { _ in }
    ) async throws -> LiveOutput {
        guard let operation = catalogue[name] else {
            throw JobProblem(code: "unknown-operation", message: "this worker does not know \(name)")
        }
        try operation.check(parameters, resources: sandbox.resources)
        var job = JobDocument(live: name, owner: owner)
        try await liveSlots.acquire(within: patience)
        job.started = .now()
        let order = JobOrder(id: job.id, operation: name, inputs: [], parameters: parameters)
        let place: Workplace, pipe: Pipe
        do {
            place = try self.place(for: order)
            do {
                pipe = try Pipe(place.outputFolder + "/stream")
            } catch {
                place.leave()
                throw error
            }
        } catch {
            liveSlots.release()
            throw error
        }
        let process = Task { [job] in
            do {
                defer {
                    pipe.end()
                    leave(place, after: order)
                    liveSlots.release()
                }
                let output = try await runSandboxed(operation, order, [], place, streamName: "stream", patience: patience) { _ in }
                await onEnd(job.ended(.success(output)))
            } catch {
                await onEnd(job.ended(.failure(error)))
                throw error
            }
        }
        return LiveOutput(process: process, pipe: pipe, threads: listeners)
    }
}

extension JobDocument {
    /// What is told of work that is no job and begins now.
    fileprivate init(live operation: String, owner: String) {
        self.init(
            id: Identifier.make("live"), operation: operation, state: .running, owner: owner, batch: nil, inputs: [],
            parameters: nil, progress: 0, stage: nil, cached: false, attempts: 1, result: nil, problem: nil, created: .now(),
            started: nil, finished: nil)
    }

    fileprivate func ended(_ outcome: Result<JobLine.Output, any Error>) -> JobDocument {
        var job = self
        job.finished = .now()
        switch outcome {
        case .success(let output):
            job.state = .succeeded
            job.result = JobResult(measurements: output.measurements, usage: output.usage)
        case .failure(is CancellationError): job.state = .cancelled
        case .failure(let error):
            job.state = .failed
            job.problem = error as? JobProblem ?? JobProblem(code: "internal-error", message: "the operation has failed")
        }
        return job
    }
}

/// A named pipe's reading end.
private final class Pipe: Sendable {
    private let descriptor: Int32
    private let hasEnded = Atomic(false)

    init(_ path: String) throws(JobProblem) {
        // Open for writing too: before the process has opened it, and after, reading waits in place of telling the end.
        guard mkfifo(path, 0o600) == 0, case let file = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC), file >= 0 else {
            throw JobProblem(
                code: "scratch-unwritable", message: "the worker's scratch folder can not be written", isRetriable: true)
        }
        descriptor = file
    }

    deinit { close(descriptor) }

    /// Nobody writes any more.
    func end() { hasEnded.store(true, ordering: .releasing) }

    /// Blocks until there are bytes.
    /// - Returns: `nil` after the last.
    func read() throws(JobProblem) -> Bytes? {
        while true {
            // Looked at before reading: what was written before the end is read.
            let isLast = hasEnded.load(ordering: .acquiring)
            var count = 0
            let bytes = Bytes(unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
                count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                filled = max(0, count)
            }
            if count > 0 { return bytes }
            guard count < 0, errno == EAGAIN || errno == EINTR else {
                throw JobProblem(code: "stream-broken", message: "the operation's output can not be read", isRetriable: true)
            }
            if isLast { return nil }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // The end makes no event.
            poll(&waiting, 1, 20)
        }
    }
}
