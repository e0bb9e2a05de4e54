import Primitives
import Testing

@Suite struct CRC32Tests {
    /// The check value of the catalogue of parametrised CRC algorithms, and what zlib computes.
    @Test(arguments: [
        ("123456789", UInt32(0xCBF4_3926)), ("", 0), ("a", 0xE8B7_BE43),
        ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
    ]) func checksum(text: String, expected: UInt32) {
        var checksum = CRC32()
        checksum.update(Bytes(text.utf8))
        #expect(checksum.value == expected)
    }

    @Test(arguments: 0..<20) func piecesDoNotMatter(cut: Int) {
        let bytes = (0..<40).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        var (whole, pieces) = (CRC32(), CRC32())
        whole.update(bytes)
        pieces.update(Array(bytes[..<cut]))
        pieces.update(Array(bytes[cut...]))
        #expect(whole.value == pieces.value)
    }
}
