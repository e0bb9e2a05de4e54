import AudioCore
import TestSupport
import Testing

@Suite(.computing) struct WaveformPeaksTests {
    @Test(arguments: [1, 10, 999, 48_000, 2_000_000], [1, 7, 100])
    func everyStretchShowsItsPeak(frames: Int, points: Int) {
        // A ramp: each stretch peaks at its end.
        let signal = Signal(planes: [(0..<frames).map { -Float($0 + 1) / Float(frames) }])
        var waveform = WaveformPeaks()
        signal.forEachChunk { waveform.process($0) }
        let outline = waveform.points(points)
        #expect(outline.count == points)
        #expect(outline.last == 1)
        for (index, peak) in outline.enumerated() {
            let expected = Float(index + 1) / Float(points)
            #expect(abs(peak - expected) <= 1.1 / Float(points) || frames < points * 16)
        }
        #expect(outline == outline.sorted())
    }

    @Test func loudestChannelCounts() {
        var waveform = WaveformPeaks()
        Signal(planes: [[0.1, 0.1], [-0.6, 0.2]]).forEachChunk { waveform.process($0) }
        #expect(waveform.points(1) == [0.6])
    }

    @Test func nothingIsFlat() {
        #expect(WaveformPeaks().points(4) == [0, 0, 0, 0])
    }
}
