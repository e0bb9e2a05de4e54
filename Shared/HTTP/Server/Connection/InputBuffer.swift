import Primitives

/// Bytes that arrived before their turn: the start of a head, and requests sent ahead.
struct InputBuffer {
    private var bytes = Bytes()
    private var start = 0

    var isEmpty: Bool { start == bytes.count }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: more)
    }

    func withUnread<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    mutating func drop(_ count: Int) {
        start += count
        // An idle connection holds no memory here.
        if isEmpty { self = InputBuffer() }
    }
}
