import Primitives
import Synchronization

/// A request body whose length and repeatability are known.
enum PreparedBody: Sendable {
    case none
    case bytes(Bytes)
    case file(FileBody)
    case stream(length: Int64?, StreamBody)

    /// - Throws: `.invalidRequest` when a file can not be read.
    init(_ body: ClientBody) async throws(HTTPClientError) {
        switch body {
        case .none: self = .none
        case .bytes(let bytes): self = .bytes(bytes)
        case .file(let path, let offset, let length): self = .file(try await FileBody.open(path, offset: offset, length: length))
        case .stream(let length, let next): self = .stream(length: length, StreamBody(next))
        }
    }

    /// Bytes to come; `nil` when only the end will tell.
    var length: Int64? {
        switch self {
        case .none: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .file(let file): file.length
        case .stream(let length, _): length
        }
    }

    /// Whether the whole body can still be sent from its beginning.
    var isReplayable: Bool {
        if case .stream(_, let stream) = self { !stream.wasStarted } else { true }
    }

    /// What gives the chunks of a body that is not at hand in memory.
    func makeReader() -> @Sendable (_ position: Int64) async throws -> Bytes? {
        switch self {
        case .none, .bytes: { _ in nil }
        case .file(let file): { try await file.read(at: $0) }
        case .stream(_, let stream): { _ in try await stream.next() }
        }
    }
}

/// A body that can be read once.
final class StreamBody: Sendable {
    private let started = Atomic(false)
    private let source: @Sendable () async throws -> Bytes?

    init(_ source: @escaping @Sendable () async throws -> Bytes?) {
        self.source = source
    }

    var wasStarted: Bool { started.load(ordering: .acquiring) }

    func next() async throws -> Bytes? {
        started.store(true, ordering: .releasing)
        return try await source()
    }
}
