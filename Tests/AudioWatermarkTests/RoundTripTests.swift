import TestSupport
import Testing

@testable import AudioWatermark

/// What was embedded is read back after what happens to audio on its way.
@Suite(.computing) struct RoundTripTests {
    private static let rate = 16_000

    private static func marked(_ material: Material, seconds: Double = 16) throws -> [Float] {
        try Marking.embed([material.make(seconds: seconds, sampleRate: rate)], sampleRate: rate)[0]
    }

    private func expectRead(_ samples: [Float], sampleRate: Int = rate, speeds: [Double] = [1]) throws {
        let found = try Marking.detect([samples], sampleRate: sampleRate, speeds: speeds)
        #expect(found.map(\.identifier) == [Marking.identifier])
        for detection in found {
            #expect(detection.confidence > 0.65 && detection.confidence <= 1)
            #expect((0..<WatermarkDetection.codeBits / 3).contains(detection.correctedBits))
        }
    }

    @Test(arguments: Material.allCases) func unchanged(material: Material) throws {
        let original = material.make(seconds: 16, sampleRate: Self.rate)
        let marked = try Marking.embed([original], sampleRate: Self.rate)[0]
        #expect(marked.count == original.count)
        #expect(Marking.ratio(original, marked) > 100, "the mark is less than 20 dB below the audio")
        try expectRead(marked)
    }

    @Test(arguments: [Float(2), 0.5, 0.01]) func gain(factor: Float) throws {
        try expectRead(Self.marked(.music).map { $0 * factor })
    }

    /// Any start, a part of a row and of a sample's block among them.
    @Test(arguments: [1, 777, 31_999, 70_003]) func cut(start: Int) throws {
        let marked = try Self.marked(.music, seconds: 20)
        let found = try Marking.detect([Array(marked[start...])], sampleRate: Self.rate)
        #expect(found.map(\.identifier) == [Marking.identifier])
        for detection in found {
            let expected = Double(start) / Double(Self.rate) + detection.start
            let error = (detection.blockOffset - expected).remainder(dividingBy: WatermarkGrid.blockSeconds)
            #expect(abs(error) < 0.03, "the place in the block is off by \(error) s")
        }
    }

    @Test(arguments: [11_025, 22_050]) func resampled(rate: Int) throws {
        let marked = try Self.marked(.music)
        let step = Double(Self.rate) / Double(rate)
        let resampled = (0..<Int(Double(marked.count - 1) / step)).map { index -> Float in
            let position = Double(index) * step
            let part = Float(position - position.rounded(.down))
            return marked[Int(position)] * (1 - part) + marked[Int(position) + 1] * part
        }
        try expectRead(resampled, sampleRate: rate)
    }

    @Test func playedFaster() throws {
        let marked = try Self.marked(.music)
        // Called 16 kHz, but 2 % more.
        try expectRead(marked, sampleRate: 16_320, speeds: [1.02])
    }

    @Test func telephone() throws {
        let original = Material.music.make(seconds: 24, sampleRate: 8000)
        try expectRead(Marking.embed([original], sampleRate: 8000)[0], sampleRate: 8000)
    }

    @Test func highRate() throws {
        let original = Material.music.make(seconds: 9, sampleRate: 192_000)
        let marked = try Marking.embed([original], sampleRate: 192_000, strength: 1.5)[0]
        try expectRead(marked, sampleRate: 192_000)
    }

    @Test func partOfARecording() throws {
        let plain = Material.music.make(seconds: 34, sampleRate: Self.rate)
        var mixed = plain
        let marked = try Marking.embed([Array(plain[160_000..<480_000])], sampleRate: Self.rate)[0]
        mixed.replaceSubrange(160_000..<480_000, with: marked)
        let found = try Marking.detect([mixed], sampleRate: Self.rate)
        #expect(found.map(\.identifier) == [Marking.identifier])
        for detection in found {
            #expect(abs(detection.start - 10) < 1.5 && abs(detection.end - 30) < 1.5, "\(detection.start) to \(detection.end)")
        }
    }

    @Test func twoIdentifiers() throws {
        let (first, second) = (try Self.marked(.music, seconds: 17), Material.speech.make(seconds: 17, sampleRate: Self.rate))
        let other = try Marking.embed([second], sampleRate: Self.rate, identifier: 7)[0]
        let found = try Marking.detect([first + other], sampleRate: Self.rate)
        #expect(found.map(\.identifier) == [Marking.identifier, 7])
    }
}
