/// Remembers how many tokens pieces have that are no tokens themselves: a text uses the same names and rare words again and
/// again.
///
/// Direct-mapped: a piece takes the place of another with the same hash. Of no use to more than one text at a time.
final class PieceCounts {
    /// Longer pieces are seldom seen twice.
    private static let longest = 16
    private static let bits = 12

    private struct Entry {
        var first: UInt64 = 0
        var last: UInt64 = 0
        var length = 0
        var count = 0
    }

    private let entries: UnsafeMutablePointer<Entry>

    init() {
        entries = .allocate(capacity: 1 << Self.bits)
        entries.initialize(repeating: Entry(), count: 1 << Self.bits)
    }

    deinit { entries.deallocate() }

    /// How many tokens a piece has: as remembered, or as `compute` says.
    @inline(__always)
    func count(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, compute: () -> Int) -> Int {
        let length = end - start
        guard length <= Self.longest else { return compute() }
        let (first, last) = Self.ends(UnsafeRawPointer(start), length)
        let hash = (first ^ last &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(length)) &* 0xD1B5_4A32_D192_ED03
        let entry = entries + Int(hash >> UInt64(64 - Self.bits))
        if entry.pointee.length == length, entry.pointee.first == first, entry.pointee.last == last { return entry.pointee.count }
        let count = compute()
        entry.pointee = Entry(first: first, last: last, length: length, count: count)
        return count
    }

    /// All bytes of a piece of up to 16 bytes in two words, which overlap in the middle of a short one.
    @inline(__always)
    private static func ends(_ start: UnsafeRawPointer, _ length: Int) -> (UInt64, UInt64) {
        if length >= 8 {
            return (start.loadUnaligned(as: UInt64.self), start.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self))
        }
        if length >= 4 {
            let last = start.loadUnaligned(fromByteOffset: length - 4, as: UInt32.self)
            return (UInt64(start.loadUnaligned(as: UInt32.self)), UInt64(last))
        }
        let (first, middle) = (start.load(as: UInt8.self), start.load(fromByteOffset: length / 2, as: UInt8.self))
        return (UInt64(first) << 8 | UInt64(middle), UInt64(start.load(fromByteOffset: length - 1, as: UInt8.self)))
    }
}
