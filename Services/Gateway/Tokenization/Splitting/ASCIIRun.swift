/// Runs of ASCII letters, eight bytes at a time. The arithmetic on bytes within a word is of L. Lamport, "Multiple byte
/// processing with full-word instructions" (1975).
enum ASCIIRun {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The first place from `start` on whose byte is not `a` to `z`; with `anyCase`, nor `A` to `Z`.
    @inline(__always)
    static func end(
        ofLettersAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>, anyCase: Bool
    ) -> UnsafePointer<UInt8> {
        var place = start
        let folding: UInt64 = anyCase ? 0x20 * ones : 0
        while limit - place >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt64.self)) | folding
            let low = word & ~tops
            let isFromA = low &+ (0x80 - 0x61) * ones
            let isPastZ = low &+ (0x80 - 0x7B) * ones
            let others = ~(isFromA & ~isPastZ & ~word) & tops
            if others != 0 { return place + others.trailingZeroBitCount >> 3 }
            place += 8
        }
        while place < limit, place[0] | UInt8(truncatingIfNeeded: folding) &- 0x61 < 26 { place += 1 }
        return place
    }
}
