import HTTPClient
import Primitives

extension ResponseBodyStream {
    /// The next piece, also when the task that asks for it is cancelled meanwhile: it is read in a task of its own, which this one
    /// waits for.
    /// - Parameter limit: how long it may take; then the transfer ends.
    /// - Returns: `nil` after the last, and when none comes in time.
    /// - Throws: what ended the transfer early.
    @inline(never)
    func lastPiece(within limit: Duration) async throws -> Bytes? {
        let reading = Task {
            try await withThrowingTaskGroup(of: Bytes?.self) { group in
                group.addTask { try await self.makeAsyncIterator().next() }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return nil
                }
                let first = try await group.next()
                group.cancelAll()
                return first.flatMap(\.self)
            }
        }
        return try await reading.value
    }
}
