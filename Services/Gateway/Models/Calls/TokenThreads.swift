import Primitives

/// Where tokens are counted: short texts by the task that needs to know, long ones on threads of their own, since the other
/// connections of an event loop wait for what runs there.
package struct TokenThreads: Sendable {
    /// Bytes that are counted at once; more take longer than a millisecond.
    package static let shortText = 64 << 10

    private let threads = BlockingThreads(name: "tokens", count: 2)

    package init() {}

    /// - Parameter bytes: how long the text is that `body` counts.
    /// - Throws: what `body` throws; `BlockingThreads.Stopped` after `stop()`.
    package func run<T: Sendable>(bytes: Int, _ body: @escaping @Sendable () throws -> T) async throws -> T {
        bytes <= Self.shortText ? try body() : try await threads.run(body)
    }

    /// Lets the threads end.
    func stop() { threads.stop() }
}
