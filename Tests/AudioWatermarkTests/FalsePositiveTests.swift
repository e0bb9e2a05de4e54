import TestSupport
import Testing

@testable import AudioWatermark

/// Nothing is read where nothing was embedded.
@Suite(.computing) struct FalsePositiveTests {
    private static let rate = 16_000

    @Test(arguments: Material.allCases) func unmarked(material: Material) throws {
        #expect(try Marking.detect([material.make(seconds: 16, sampleRate: Self.rate)], sampleRate: Self.rate).isEmpty)
    }

    @Test func wrongKey() throws {
        let marked = try Marking.embed([Material.music.make(seconds: 16, sampleRate: Self.rate)], sampleRate: Self.rate)
        #expect(try Marking.detect(marked, sampleRate: Self.rate, key: Marking.key + [0]).isEmpty)
        #expect(try Marking.detect(marked, sampleRate: Self.rate).count == 1)
    }

    @Test(arguments: [Float(0), 0.5, .nan, .infinity, 1e30]) func constant(value: Float) throws {
        let samples = [Float](repeating: value, count: 9 * 8000)
        #expect(try Marking.detect([samples], sampleRate: 8000).isEmpty)
    }

    @Test(arguments: [0, 1, 100]) func short(count: Int) throws {
        #expect(try Marking.detect([[Float](repeating: 0.1, count: count)], sampleRate: 8000).isEmpty)
    }
}
