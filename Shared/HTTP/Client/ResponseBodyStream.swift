package import Primitives
import Synchronization

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

    /// Lets go of what is still to come. A short rest is read all the same, so that the connection can serve the next request.
    package func discard() {
        lifetime.isDiscarded.store(true, ordering: .relaxed)
        lifetime.transfer.discardRest()
    }

    /// What is still to be read, when all of it has come already.
    func takeWhole(upTo limit: ByteSize) -> Bytes? { lifetime.transfer.takeWhole(upTo: limit) }

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
        let isDiscarded = Atomic(false)

        init(_ transfer: Transfer) {
            self.transfer = transfer
        }

        deinit {
            if !isDiscarded.load(ordering: .relaxed) { transfer.end(with: .failure(.cancelled)) }
        }
    }
}
