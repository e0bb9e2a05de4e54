import TestSupport
import Testing

@testable import AudioWatermark

/// The code, its checksum and the keyed pattern.
@Suite(.computing) struct CodeTests {
    /// What zlib computes over the same eight bytes.
    @Test func checksum() {
        #expect(WatermarkPayload.checksum(0x3132_3334_3536_3738) == 0x9AE0_DAAF, "of 12345678")
        #expect(WatermarkPayload.checksum(0) == 0x6522_DF69)
    }

    @Test(arguments: [0, 1, UInt64.max, 0x8000_0000_0000_0000, 0x0123_4567_89AB_CDEF]) func payload(identifier: UInt64) {
        var bits = WatermarkPayload.bits(of: identifier)
        #expect(WatermarkPayload.identifier(of: bits) == identifier)
        bits[70].toggle()
        #expect(WatermarkPayload.identifier(of: bits) == nil)
    }

    /// The free distance of 24 corrects any 11 errors.
    @Test(arguments: 1..<6 as Range<UInt32>) func errorsAreCorrected(seed: UInt32) {
        let bits = WatermarkPayload.bits(of: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
        var symbols = ConvolutionalCode.encode(bits)
        #expect(symbols.count == WatermarkPattern.symbols)
        var noise = Noise(seed: seed)
        for _ in 0..<11 {
            symbols[Int(abs(noise.next()) * Float(symbols.count - 1))] *= -1
        }
        #expect(ConvolutionalCode.decode(symbols) == bits)
    }

    @Test func softNoise() {
        let bits = WatermarkPayload.bits(of: Marking.identifier)
        var noise = Noise(seed: 3)
        let symbols = ConvolutionalCode.encode(bits).map { $0 + 2 * noise.next() + noise.next() }
        #expect(zip(symbols, ConvolutionalCode.encode(bits)).count { $0 * $1 < 0 } > 40, "errors that the decoder has to correct")
        #expect(ConvolutionalCode.decode(symbols) == bits)
    }

    /// Every symbol has its even share of the cells that a telephone passes, and of the others.
    @Test func patternIsEven() throws {
        let pattern = try WatermarkPattern(key: Marking.key)
        for isTelephone in [true, false] {
            var counts = [Int](repeating: 0, count: WatermarkPattern.symbols)
            for (cell, role) in pattern.roles.enumerated()
            where role >= 0 && (cell % WatermarkGrid.cells < WatermarkGrid.telephoneCells) == isTelephone {
                counts[Int(role)] += 1
            }
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1 && (counts.min() ?? 0) >= 6)
        }
        #expect(abs(pattern.signs.reduce(0, +)) < 5 * Float(pattern.signs.count).squareRoot())
    }

    @Test func patternDependsOnTheKey() throws {
        let (one, same, other) = (
            try WatermarkPattern(key: [1]), try WatermarkPattern(key: [1]), try WatermarkPattern(key: [2])
        )
        #expect(one.signs == same.signs && one.roles == same.roles)
        let correlation = zip(one.signs, other.signs).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(correlation) < 5 * Float(one.signs.count).squareRoot())
    }
}
