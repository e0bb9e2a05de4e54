/// One task that waits for something on an event loop. The first outcome counts, whether it comes before or after the task
/// has begun to wait; later ones are ignored.
// Safe to share: touched only on the loop's thread.
final class Waiter<Value: Sendable>: @unchecked Sendable {
    private var continuation: CheckedContinuation<Value, any Error>?
    private var outcome: Result<Value, any Error>?

    var isSettled: Bool { outcome != nil }

    func begin(_ continuation: CheckedContinuation<Value, any Error>) {
        if let outcome { continuation.resume(with: outcome) } else { self.continuation = continuation }
    }

    func settle(_ outcome: Result<Value, any Error>) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        continuation?.resume(with: outcome)
        continuation = nil
    }
}

extension EventLoop {
    /// Suspends the calling task until its waiter is settled.
    /// - Parameter register: called on the loop's thread, unless the task is already cancelled; keeps the waiter to settle it.
    /// - Throws: the waiter's failure, or `CancellationError` as soon as the task is cancelled.
    func wait<Value: Sendable>(_ register: @escaping @Sendable (Waiter<Value>) -> Void) async throws -> Value {
        let waiter = Waiter<Value>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                run {
                    waiter.begin(continuation)
                    if !waiter.isSettled { register(waiter) }
                }
            }
        } onCancel: {
            // Never at once: cancelling may happen in the midst of the loop's own work.
            post { waiter.settle(.failure(CancellationError())) }
        }
    }
}
