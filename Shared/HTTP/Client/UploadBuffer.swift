import Primitives

/// Chunks of a request body on their way from the source to libcurl.
struct UploadBuffer {
    private var bytes: Bytes
    /// How many of the bytes are taken.
    private var position = 0
    /// Whether the bytes are the whole body.
    private let isWhole: Bool
    private var wasTakenFrom = false
    /// Bytes held.
    private(set) var count: Int
    /// Whether nothing will be added.
    private(set) var isComplete: Bool
    private var roomWaiter: CheckedContinuation<Bool, Never>?

    /// An empty buffer that a source fills.
    init() {
        (bytes, count, isComplete, isWhole) = ([], 0, false, false)
    }

    /// A body that is all there.
    init(complete bytes: Bytes) {
        (self.bytes, count, isComplete, isWhole) = (bytes, bytes.count, true, true)
    }

    mutating func append(_ chunk: Bytes) {
        if position == bytes.count {
            (bytes, position) = (chunk, 0)
        } else {
            bytes.removeFirst(position)
            bytes.append(contentsOf: chunk)
            position = 0
        }
        count += chunk.count
    }

    mutating func complete() {
        isComplete = true
    }

    /// Takes the next bytes; none when nothing is held.
    mutating func take(atMost size: Int) -> ArraySlice<UInt8> {
        let taken = bytes[position..<min(position + size, bytes.count)]
        position += taken.count
        count -= taken.count
        if !taken.isEmpty { wasTakenFrom = true }
        return taken
    }

    /// Goes back to the beginning.
    /// - Returns: false when a part is already gone.
    mutating func rewind() -> Bool {
        guard isWhole || !wasTakenFrom else { return false }
        count += position
        position = 0
        return true
    }

    /// Registers the source that waits for room.
    mutating func wait(_ waiter: CheckedContinuation<Bool, Never>) {
        roomWaiter = waiter
    }

    /// The source that waits, to be resumed: true for room.
    mutating func takeWaiter() -> CheckedContinuation<Bool, Never>? {
        roomWaiter.take()
    }

    /// Drops what is held.
    /// - Returns: the source that waits, to be told that nobody reads any more.
    mutating func close() -> CheckedContinuation<Bool, Never>? {
        (bytes, position, count) = ([], 0, 0)
        return roomWaiter.take()
    }
}
