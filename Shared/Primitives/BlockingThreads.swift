/// A fixed number of threads for C calls that wait, so that the cooperative pool never does.
package final class BlockingThreads: Sendable {
    /// The threads have ended.
    package struct Stopped: CodedError {
        package var code: String { "stopped" }
        package var message: String { "this part of the service has stopped" }
    }

    private let inbox = ThreadInbox<@Sendable () -> Void>()

    /// - Parameters:
    ///   - name: the threads' name; at most 15 bytes are shown.
    ///   - count: how many calls may wait at once; at least 1.
    package init(name: String, count: Int) {
        for _ in 0..<max(1, count) {
            startThread(name: name) { [inbox] in
                while let bodies = inbox.take(upTo: 1) {
                    for body in bodies { body() }
                }
            }
        }
    }

    /// Runs `body` on one of the threads.
    /// - Throws: what `body` throws; `Stopped` after `stop()`.
    package func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = inbox.post { continuation.resume(with: Result(catching: body)) }
            if !accepted { continuation.resume(throwing: Stopped()) }
        }
    }

    /// Runs `body` on one of the threads without waiting for it.
    /// - Returns: whether it will run: not after `stop()`.
    @discardableResult package func post(_ body: @escaping @Sendable () -> Void) -> Bool {
        inbox.post(body)
    }

    /// Lets the threads end when what was handed in has run.
    package func stop() {
        inbox.close()
    }

    deinit {
        inbox.close()
    }
}
