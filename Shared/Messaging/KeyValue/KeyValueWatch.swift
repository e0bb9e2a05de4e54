/// The values of a bucket's keys and then their changes, in order; back-pressured: what is not asked for stays in the server.
package struct KeyValueWatch: AsyncSequence, Sendable {
    package typealias Element = KeyValueEntry

    let bucket: KeyValueBucket
    let pattern: String

    package struct AsyncIterator: AsyncIteratorProtocol {
        let reader: BucketReader

        /// Waits for the next value or change; a lost connection is waited for.
        /// - Throws: `cancelled`, `closed`, `permissionDenied`, `notFound`.
        package func next() async throws(MessagingError) -> KeyValueEntry? {
            try await reader.next()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reader: BucketReader(bucket: bucket, pattern: pattern))
    }
}
