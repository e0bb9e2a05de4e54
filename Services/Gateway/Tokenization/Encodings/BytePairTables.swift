/// The sections of a vocabulary file, which `deploy/model_tools/byte_pair.py` writes and describes.
///
/// The pointers are good as long as the mapped file is.
struct BytePairTables {
    /// Stands for a token or node that is not there.
    static let none = UInt32.max

    private static let magic: StaticString = "AVSBPE01"
    private static let alignment = 64
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Tokens have numbers below this.
    let limit: UInt32
    /// Where each token's bytes begin in `text`, and where the last one's end.
    let starts: UnsafePointer<UInt32>
    /// The longest token that is a proper prefix of each.
    let shorter: UnsafePointer<UInt32>
    /// The two tokens whose merge makes each; a single byte has itself.
    private let halves: UnsafePointer<(UInt32, UInt32)>
    private let nodes: UnsafePointer<UInt64>
    private let tokens: UnsafePointer<UInt32>
    private let pairs: UnsafePointer<UInt64>
    private let pairShift: UInt64
    let text: UnsafePointer<UInt8>

    /// - Throws: `TokenizationError.damaged` when the file is another's, or not as long as its head says.
    init(_ file: borrowing MappedFile, path: String) throws(TokenizationError) {
        let bytes = file.bytes
        guard bytes.count >= Self.alignment, let base = bytes.baseAddress,
            zip(bytes, UnsafeBufferPointer(start: Self.magic.utf8Start, count: Self.magic.utf8CodeUnitCount)).allSatisfy(==)
        else { throw .damaged(path: path, reason: "it is no vocabulary of this version") }
        let head = (0..<4).map { bytes.loadUnaligned(fromByteOffset: 8 + 4 * $0, as: UInt32.self) }
        let (ids, nodeCount, pairBits, textSize) = (Int(head[0]), Int(head[1]), Int(head[2]), Int(head[3]))
        guard ids < 1 << 21, pairBits < 32 else { throw .damaged(path: path, reason: "its head is wrong") }
        var end = Self.alignment
        func section(_ size: Int) -> UnsafeRawPointer {
            defer { end = (end + size + Self.alignment - 1) & -Self.alignment }
            return base + end
        }
        let sections = [4 * (ids + 1), 4 * ids, 8 * ids, 8 * nodeCount, 4 * nodeCount, 8 << pairBits, textSize].map(section)
        guard end == bytes.count else { throw .damaged(path: path, reason: "it is \(bytes.count) bytes long, not \(end)") }
        limit = UInt32(ids)
        starts = sections[0].assumingMemoryBound(to: UInt32.self)
        shorter = sections[1].assumingMemoryBound(to: UInt32.self)
        halves = sections[2].assumingMemoryBound(to: (UInt32, UInt32).self)
        nodes = sections[3].assumingMemoryBound(to: UInt64.self)
        tokens = sections[4].assumingMemoryBound(to: UInt32.self)
        pairs = sections[5].assumingMemoryBound(to: UInt64.self)
        pairShift = UInt64(64 - pairBits)
        text = sections[6].assumingMemoryBound(to: UInt8.self)
    }

    /// How many bytes a token stands for.
    @inline(__always) func length(of token: UInt32) -> Int { Int(starts[Int(token) + 1] - starts[Int(token)]) }

    /// The token that these very bytes are, or `none`.
    @inline(__always)
    func token(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UInt32 {
        var place = start, state: UInt64 = 0, node = nodes[0]
        while place < end {
            let next = (node >> 1 & 0x7FFF_FFFF) ^ UInt64(place[0])
            node = nodes[Int(next)]
            guard node >> 32 == state else { return Self.none }
            state = next
            place += 1
        }
        return node & 1 == 1 ? tokens[Int(state)] : Self.none
    }

    /// The longest token that the bytes begin with. Every byte is a token, so there is one.
    @inline(__always)
    func longestToken(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UInt32 {
        var place = start, state: UInt64 = 0, node = nodes[0], longest: UInt64 = 0
        while place < end {
            let next = (node >> 1 & 0x7FFF_FFFF) ^ UInt64(place[0])
            node = nodes[Int(next)]
            guard node >> 32 == state else { break }
            state = next
            if node & 1 == 1 { longest = state }
            place += 1
        }
        return tokens[Int(longest)]
    }

    /// Whether byte-pair encoding, having made these two neighbours, has no merge left that would have joined parts of them.
    ///
    /// Undoes the merges that made them, the latest first, and looks at each step whether what then lay on both sides of the
    /// boundary would have been merged earlier. After H. van Antwerpen and A. Neubeck, "So many tokens, so little time" (2024).
    func isBoundary(between left: UInt32, and right: UInt32) -> Bool {
        var left = left, right = right, limit = Self.none
        while true {
            if merged(left, right) < limit { return false }
            let last = (left, right)
            if left > right {
                limit = left
                left = halves[Int(left)].1
                if left != last.0 { continue }
                limit = right + 1
                right = halves[Int(right)].0
                if right == last.1 { return true }
            } else {
                limit = right + 1
                right = halves[Int(right)].0
                if right != last.1 { continue }
                limit = left
                left = halves[Int(left)].1
                if left == last.0 { return true }
            }
        }
    }

    /// The token that merging two makes, or `none`.
    @inline(__always)
    private func merged(_ left: UInt32, _ right: UInt32) -> UInt32 {
        let key = UInt64(left) << 21 | UInt64(right)
        var slot = (key &* Self.multiplier) >> pairShift
        while true {
            let pair = pairs[Int(slot)]
            if pair >> 21 == key { return UInt32(truncatingIfNeeded: pair & 0x1F_FFFF) }
            if pair == .max { return Self.none }
            slot = slot &+ 1 & ~(.max << (64 &- pairShift))
        }
    }
}
