import Primitives

/// The pieces of a SentencePiece model that text can become, found by their bytes.
struct PieceTable: Sendable {
    /// Stands for a piece that is not there.
    static let none = UInt32.max

    private let text: Bytes
    private let starts: [UInt32]
    /// Open addressing, at most half full.
    private var slots: [UInt32]
    /// The order in which merges come, the smallest first; pieces of the same score have the same.
    let ranks: [UInt32]

    init(_ pieces: [SentencePieceModel.Piece]) {
        var text: Bytes = [], starts: [UInt32] = [0]
        for piece in pieces {
            text += piece.text
            starts.append(UInt32(text.count))
        }
        (self.text, self.starts) = (text, starts)
        let scores = Set(pieces.map(\.score)).sorted(by: >)
        let places = Dictionary(uniqueKeysWithValues: zip(scores, UInt32(0)...))
        ranks = pieces.map { places[$0.score, default: 0] }
        var size = 16
        while size < 2 * pieces.count { size *= 2 }
        slots = Array(repeating: Self.none, count: size)
        for (id, piece) in pieces.enumerated() where piece.kind == .normal || piece.kind == .userDefined {
            piece.text.withUnsafeBufferPointer { bytes in
                guard find(bytes) == Self.none else { return }
                var slot = Self.hash(bytes) & (size - 1)
                while slots[slot] != Self.none { slot = (slot + 1) & (size - 1) }
                slots[slot] = UInt32(id)
            }
        }
    }

    /// The number of the piece that has these bytes, or `none`.
    func find(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        text.withUnsafeBufferPointer { text in
            slots.withUnsafeBufferPointer { slots in
                starts.withUnsafeBufferPointer { starts in
                    var slot = Self.hash(bytes) & (slots.count - 1)
                    while case let id = slots[slot], id != Self.none {
                        let own = text[Int(starts[Int(id)])..<Int(starts[Int(id) + 1])]
                        if own.count == bytes.count, Self.isEqual(bytes, own) { return id }
                        slot = (slot + 1) & (slots.count - 1)
                    }
                    return Self.none
                }
            }
        }
    }

    @inline(__always)
    private static func isEqual(_ bytes: UnsafeBufferPointer<UInt8>, _ other: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        for index in 0..<bytes.count where bytes[index] != other[other.startIndex + index] { return false }
        return true
    }

    /// FNV-1a (G. Fowler, L. C. Noll, K.-P. Vo, RFC 9923), with the upper bits folded in.
    @inline(__always)
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
