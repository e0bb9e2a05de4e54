/// Encodes a piece that is no token by itself, with the tokens that byte-pair encoding gives it, in time linear in its length.
///
/// Takes the longest token at each place, and a shorter one, or another before it, where two neighbours would not stay apart.
/// A place that nothing leads on from is never tried again. After H. van Antwerpen and A. Neubeck, "So many tokens, so little
/// time" (2024).
struct PieceMerge: ~Copyable {
    private let tables: BytePairTables
    /// The tokens so far.
    private var stack: UnsafeMutableBufferPointer<UInt32>
    /// A bit for each place of the piece: set when nothing leads on from there.
    private var closed: UnsafeMutableBufferPointer<UInt64>

    init(tables: BytePairTables) {
        self.tables = tables
        (stack, closed) = Self.room(for: 255)
    }

    deinit {
        stack.deallocate()
        closed.deallocate()
    }

    private static func room(for size: Int) -> (UnsafeMutableBufferPointer<UInt32>, UnsafeMutableBufferPointer<UInt64>) {
        (.allocate(capacity: size), .allocate(capacity: size / 64 + 1))
    }

    /// - Returns: the tokens of a piece, good until the next call.
    mutating func tokens(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt32> {
        let size = end - start
        if size > stack.count {
            stack.deallocate()
            closed.deallocate()
            (stack, closed) = Self.room(for: max(size, 2 * stack.count))
        }
        let (stack, closed) = (stack.baseAddress.unsafelyUnwrapped, closed.baseAddress.unsafelyUnwrapped)
        closed.update(repeating: 0, count: size / 64 + 1)
        var depth = 0, place = 0
        var token = tables.longestToken(start, end)
        while true {
            let next = place + tables.length(of: token)
            let isOpen = closed[next >> 6] >> UInt64(next & 63) & 1 == 0
            if isOpen, depth == 0 || tables.isBoundary(between: stack[depth - 1], and: token) {
                stack[depth] = token
                depth += 1
                place = next
                if place == size { return UnsafeBufferPointer(start: stack, count: depth) }
                token = tables.longestToken(start + place, end)
                continue
            }
            token = tables.shorter[Int(token)]
            // The token before is tried again, and found to end where nothing leads on. At the very beginning this can not be:
            // the bytes have an encoding.
            if token == BytePairTables.none {
                closed[place >> 6] |= 1 << UInt64(place & 63)
                depth -= 1
                token = stack[depth]
                place -= tables.length(of: token)
            }
        }
    }
}
