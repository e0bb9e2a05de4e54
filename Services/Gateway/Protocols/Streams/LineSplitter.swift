package import Primitives
import Glibc

/// Splits bytes that come in pieces into lines ended by LF, CR LF or CR. A line that lies whole in one piece is handed over in
/// place; only what a piece leaves unfinished is copied.
package struct LineSplitter: Sendable {
    private var pending: Bytes = []
    /// The last piece ended in CR: an LF at the start of the next one belongs to it.
    private var skipsLineFeed = false
    private let maximumLength: Int

    /// - Parameter maximumLength: most bytes of one line.
    package init(maximumLength: Int = 16 << 20) {
        self.maximumLength = maximumLength
    }

    /// Takes the next piece.
    /// - Parameters:
    ///   - chunk: bytes as they came.
    ///   - each: called with each finished line, without its end; the buffer is valid only during the call.
    /// - Throws: `StreamLimitExceeded` when a line grows past the limit.
    package mutating func feed(
        _ chunk: Bytes, _ each: (UnsafeBufferPointer<UInt8>) throws(StreamLimitExceeded) -> Void
    ) throws(StreamLimitExceeded) {
        let result: Result<Void, StreamLimitExceeded> = chunk.withUnsafeBufferPointer { bytes in
            do throws(StreamLimitExceeded) {
                return .success(try split(bytes, each))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// The line that the end of the stream left without an end, if any.
    package mutating func finish() -> Bytes? {
        defer { pending = [] }
        return pending.isEmpty ? nil : pending
    }

    private mutating func split(
        _ bytes: UnsafeBufferPointer<UInt8>, _ each: (UnsafeBufferPointer<UInt8>) throws(StreamLimitExceeded) -> Void
    ) throws(StreamLimitExceeded) {
        var start = 0
        if skipsLineFeed, let first = bytes.first {
            skipsLineFeed = false
            if first == 0x0A { start = 1 }
        }
        while let end = Self.lineEnd(in: bytes, from: start) {
            guard pending.count + end - start <= maximumLength else { throw StreamLimitExceeded(limit: maximumLength) }
            let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
            if pending.isEmpty {
                try each(line)
            } else {
                try finishPending(line, each)
            }
            start = end + 1
            if bytes[end] == 0x0D {
                if start == bytes.count { skipsLineFeed = true } else if bytes[start] == 0x0A { start += 1 }
            }
        }
        guard pending.count + bytes.count - start <= maximumLength else { throw StreamLimitExceeded(limit: maximumLength) }
        if start < bytes.count { pending.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...])) }
    }

    private mutating func finishPending(
        _ rest: UnsafeBufferPointer<UInt8>, _ each: (UnsafeBufferPointer<UInt8>) throws(StreamLimitExceeded) -> Void
    ) throws(StreamLimitExceeded) {
        var line: Bytes = []
        swap(&line, &pending)
        line.append(contentsOf: rest)
        let result: Result<Void, StreamLimitExceeded> = line.withUnsafeBufferPointer { bytes in
            do throws(StreamLimitExceeded) {
                return .success(try each(bytes))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// The offset of the first CR or LF at or after `start`.
    private static func lineEnd(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress else { return nil }
        let feed = memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer(base).distance(to: $0) }
        let end = feed ?? bytes.count
        let carriage = memchr(base + start, 0x0D, end - start).map { UnsafeRawPointer(base).distance(to: $0) }
        return carriage ?? feed
    }
}
