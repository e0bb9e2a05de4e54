/// Eight bytes that are looked at together. Of marked bytes the first is certain; a byte behind one may be marked by mistake.
/// Source: S. E. Anderson, "Bit Twiddling Hacks", determining if a word has a byte less than n or equal to n.
package struct EightBytes {
    @usableFromInline static let ones: UInt64 = 0x0101_0101_0101_0101
    /// The bit that marks a byte, in each of them; a byte that is not ASCII has it itself.
    package static let marks: UInt64 = 0x8080_8080_8080_8080

    /// The first byte in the lowest bits.
    package let word: UInt64

    /// - Parameter offset: of the first of them; seven others must follow it.
    @inlinable @inline(__always)
    package init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Marks bytes that are less than a number; of one of at most 128.
    @inlinable @inline(__always)
    package func below(_ limit: UInt8) -> UInt64 { (word &- Self.ones &* UInt64(limit)) & ~word & Self.marks }

    /// Marks bytes that are a number.
    @inlinable @inline(__always)
    package func equal(to byte: UInt8) -> UInt64 {
        let difference = word ^ (Self.ones &* UInt64(byte))
        return (difference &- Self.ones) & ~difference & Self.marks
    }
}
