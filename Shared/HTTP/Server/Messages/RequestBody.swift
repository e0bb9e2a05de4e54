import HTTP
package import Primitives

/// A request's body, in the pieces in which it arrives. It is read from the socket as fast as it is taken from here, and can
/// be read once.
package struct RequestBody: AsyncSequence, Sendable {
    package typealias Element = Bytes

    private enum Source {
        case bytes(Bytes)
        case connection(IncomingBody)
    }

    private let source: Source
    /// Bytes, when the client announced them; 0 without a body, `nil` for a chunked one.
    package let contentLength: Int64?
    /// Longer bodies end with a `Problem` 413; routes set it.
    package var limit: BodyLimit
    /// The SHA-256 that the bytes must have, where it is known.
    package var digest: Bytes?

    /// A body that is there already.
    package init(_ bytes: Bytes = [], limit: BodyLimit = .unlimited) {
        source = .bytes(bytes)
        contentLength = Int64(bytes.count)
        self.limit = limit
    }

    init(_ body: IncomingBody, contentLength: Int64?, limit: BodyLimit) {
        source = .connection(body)
        self.contentLength = contentLength
        self.limit = limit
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let body: RequestBody
        fileprivate let check: BodyDigestCheck?
        fileprivate var received: Int64 = 0

        /// - Throws: `Problem` 413 past the limit, 408 when the client stops sending, 400 when it breaks off, the coding is
        ///   malformed or, at the end, the bytes have not their digest; `CancellationError`.
        package mutating func next() async throws -> Bytes? {
            let piece: Bytes?
            switch body.source {
            case .bytes(let bytes): piece = received == 0 && !bytes.isEmpty ? bytes : nil
            case .connection(let incoming): piece = try await incoming.next()
            }
            guard let piece else {
                try check?.finish()
                return nil
            }
            check?.update(piece)
            received += Int64(piece.count)
            guard body.limit.admits(received) else { throw body.limit.problem }
            return piece
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self, check: digest.map { BodyDigestCheck($0) }) }

    /// The whole body.
    /// - Parameter limit: holds besides the route's own limit.
    /// - Throws: as the iterator; `Problem` 413 at once when the announced length is past a limit.
    package func collect(upTo limit: ByteSize) async throws -> Bytes {
        var narrowed = self
        narrowed.limit = self.limit.narrowed(to: limit)
        try narrowed.checkAnnouncedLength()
        if digest == nil, contentLength != nil, case .connection(let incoming) = source, let whole = incoming.takeWhole() {
            return whole
        }
        var whole = Bytes()
        for try await piece in narrowed {
            if whole.isEmpty { whole = piece } else { whole.append(contentsOf: piece) }
        }
        return whole
    }

    /// - Throws: `Problem` 413 when the announced length is past the limit.
    func checkAnnouncedLength() throws(Problem) {
        if let contentLength, !limit.admits(contentLength) { throw limit.problem }
    }
}
