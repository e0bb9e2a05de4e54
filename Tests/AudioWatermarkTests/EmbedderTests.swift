import Glibc
import TestSupport
import Testing

@testable import AudioWatermark

/// What the embedder leaves as it was.
@Suite(.computing) struct EmbedderTests {
    @Test(arguments: [1, 2, 127, 128, 4096, 5001]) func lengthIsKept(count: Int) throws {
        let samples = Array(Material.music.make(seconds: 1, sampleRate: 8000).prefix(count))
        let longer = samples + [Float](repeating: 0.25, count: count - samples.count)
        #expect(try Marking.embed([longer, longer], sampleRate: 8000).map(\.count) == [count, count])
    }

    @Test func nothingInNothingOut() throws {
        #expect(try Marking.embed([[]], sampleRate: 48_000) == [[]])
    }

    @Test(arguments: [8000, 48_000, 384_000]) func silenceStaysSilence(sampleRate: Int) throws {
        let silence = [Float](repeating: 0, count: sampleRate / 4)
        #expect(try Marking.embed([silence, silence], sampleRate: sampleRate) == [silence, silence])
    }

    @Test(arguments: [1, 31, 512, 100_000]) func blockSizeDoesNotMatter(block: Int) throws {
        let samples = Material.speech.make(seconds: 0.5, sampleRate: 8000)
        let whole = try Marking.embed([samples], sampleRate: 8000, block: samples.count)
        #expect(try Marking.embed([samples], sampleRate: 8000, block: block) == whole)
    }

    /// A steady tone below the band passes, for only the difference within it is added.
    @Test func outsideOfTheBand() throws {
        let step = 2 * Float.pi * 50 / 48_000
        let tone = (0..<24_000).map { sinf(step * Float($0)) }
        let marked = try Marking.embed([tone], sampleRate: 48_000)[0]
        #expect(zip(tone, marked).dropFirst(4096).dropLast(4096).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func channelsAreMarkedAlike() throws {
        let samples = Material.music.make(seconds: 1, sampleRate: 16_000)
        let marked = try Marking.embed([samples, samples.map { -0.5 * $0 }], sampleRate: 16_000)
        #expect(zip(marked[0], marked[1]).allSatisfy { abs($0 * -0.5 - $1) < 1e-5 })
        #expect(marked[0] != samples)
    }

    @Test(arguments: [Float.nan, .infinity, -1e30]) func badSamplesDoNotSpread(value: Float) throws {
        var samples = Material.music.make(seconds: 1, sampleRate: 8000)
        samples[4000] = value
        let marked = try Marking.embed([samples], sampleRate: 8000)[0]
        #expect(marked.indices.allSatisfy { $0 == 4000 || abs(marked[$0]) < 2 })
    }

    @Test func strengthCounts() throws {
        let samples = Material.music.make(seconds: 3, sampleRate: 16_000)
        let ratios = try [0.5, 1, 2].map {
            Marking.ratio(samples, try Marking.embed([samples], sampleRate: 16_000, strength: $0)[0])
        }
        #expect(ratios[0] > ratios[1] * 3 && ratios[1] > ratios[2] * 3)
    }

    @Test func refused() throws {
        let key: [UInt8] = [1]
        #expect(throws: WatermarkError.key(0)) { try WatermarkEmbedder(key: [], identifier: 1, sampleRate: 8000, channels: 1) }
        #expect(throws: WatermarkError.sampleRate(7999)) {
            try WatermarkEmbedder(key: key, identifier: 1, sampleRate: 7999, channels: 1)
        }
        #expect(throws: WatermarkError.channels(9)) {
            try WatermarkEmbedder(key: key, identifier: 1, sampleRate: 8000, channels: 9)
        }
        #expect(throws: WatermarkError.strength(.infinity)) {
            try WatermarkEmbedder(key: key, identifier: 1, sampleRate: 8000, channels: 1, strength: .infinity)
        }
        #expect(throws: WatermarkError.channels(0)) { try WatermarkDetector(key: key, sampleRate: 8000, channels: 0) }
        #expect(throws: WatermarkError.speed(1.5)) {
            try WatermarkDetector(key: key, sampleRate: 8000, channels: 1, speeds: [1.5])
        }
    }
}
