package import Primitives

/// The body of a response as chunks of whatever size has arrived. The peer is held back while nobody reads.
///
/// One reader at a time. When the stream and its iterators are let go before the end, the transfer is cancelled.
package struct ResponseBodyStream: AsyncSequence, Sendable {
    package typealias Element = Bytes
    package typealias Failure = HTTPClientError

    private let lifetime: Lifetime

    init(_ transfer: Transfer) {
        lifetime = Lifetime(transfer)
    }

    /// Ends the transfer now.
    package func cancel() {
        lifetime.transfer.end(with: .failure(.cancelled))
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(lifetime: lifetime)
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let lifetime: Lifetime

        /// The next chunk, never empty; `nil` after the last.
        /// - Throws: what ended the transfer early; `.cancelled` when the task is cancelled, which also ends the transfer.
        package func next(isolation actor: isolated (any Actor)?) async throws(HTTPClientError) -> Bytes? {
            try await lifetime.transfer.nextChunk()
        }

        package func next() async throws(HTTPClientError) -> Bytes? {
            try await lifetime.transfer.nextChunk()
        }
    }

    /// Cancels the transfer when the last reference to the body goes.
    fileprivate final class Lifetime: Sendable {
        let transfer: Transfer

        init(_ transfer: Transfer) {
            self.transfer = transfer
        }

        deinit {
            transfer.end(with: .failure(.cancelled))
        }
    }
}
