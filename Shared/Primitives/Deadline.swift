/// The work did not end within its limit.
package struct DeadlineExceeded: CodedError {
    package let limit: Duration
    package var code: String { "deadline-exceeded" }
    package var message: String { "not finished within \(limit.seconds) s" }
    package var isRetriable: Bool { true }
}

/// Runs `body`, cancelling it when the limit passes.
/// - Parameters:
///   - limit: the longest time to wait.
///   - body: the work; it must answer cancellation for the deadline to hold.
/// - Returns: what `body` returns.
/// - Throws: `DeadlineExceeded`, or what `body` throws.
package func withDeadline<T: Sendable>(
    _ limit: Duration, isolation: isolated (any Actor)? = #isolation, _ body: @Sendable @escaping () async throws -> T
) async throws -> T {
    try await withThrowingTaskGroup(of: T.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw DeadlineExceeded(limit: limit)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw DeadlineExceeded(limit: limit) }
        return first
    }
}
