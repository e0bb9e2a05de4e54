import Glibc
import Metering
import TestSupport
import Testing

import AudioCore

@Suite(.computing) struct TruePeakMeterTests {
    @Test(arguments: [
        (divisor: 4.0, amplitude: 0.5, phase: 0.0, expected: -6.0), (4, 0.5, 45, -6), (6, 0.5, 60, -6), (8, 0.5, 67.5, -6),
        (4, 1.41, 45, 3),
    ])
    func sinesBetweenTheSamples(divisor: Double, amplitude: Double, phase: Double, expected: Double) throws {
        // EBU Tech 3341 cases 15 to 19, with a tolerance of +0.2/-0.4 dB there.
        let level = 20 * log10(amplitude)
        let signal = Signal.sine(48_000 / divisor, level: level, seconds: 1, phase: phase).faded
        let peak = try #require(try signal.measured().measurement.truePeak)
        #expect(abs(peak - expected) <= 0.1, "\(peak) dBTP")
    }

    @Test(arguments: [44_100, 48_000, 96_000])
    func agreesWithAnotherInterpolator(sampleRate: Int) throws {
        let oversampling = sampleRate < 96_000 ? 4 : 2
        for signal in [
            Signal.softNoise(amplitude: 0.5, seconds: 1, sampleRate: sampleRate),
            .sine(997, level: -3, seconds: 0.5, sampleRate: sampleRate).faded,
            .sine(11_025, level: -3, seconds: 0.5, phase: 45, sampleRate: sampleRate).faded,
            .sine(15_000, level: -3, seconds: 0.5, phase: 20, sampleRate: sampleRate).faded,
        ] {
            let ours = try #require(try signal.measured().measurement.truePeak)
            let other = signal.independentTruePeak(oversampling: oversampling)
            #expect(abs(ours - other) <= 0.1, "\(ours) against \(other) dBTP")
        }
    }

    @Test func neverUnderReadsAtTheEdgeOfTheBand() throws {
        // What lies next to the Nyquist frequency is where interpolators differ; ours passes more of it than others.
        for signal in [
            Signal.noise(amplitude: 0.5, seconds: 1), Signal(seconds: 0.5) { $0 / 50 % 2 == 0 ? 0.5 : -0.5 },
            Signal(seconds: 0.5) { $0 / 3 % 2 == 0 ? 0.5 : -0.5 }, Signal(seconds: 0.5) { $0 % 1000 == 0 ? 0.9 : 0 },
        ] {
            let ours = try #require(try signal.measured().measurement.truePeak)
            #expect(ours >= signal.independentTruePeak() - 0.05)
        }
    }

    @Test func skippingChangesNothing() throws {
        // Bursts of noise that get louder and quieter: most blocks are settled by their bound alone.
        var signal = Signal.noise(amplitude: 1, seconds: 3)
        for channel in 0..<2 {
            for frame in 0..<signal.frames { signal.planes[channel][frame] *= Float(sin(Double(frame) / 20_000)) * 0.8 }
        }
        func peak(relevance: Float) -> Float {
            var meter = TruePeakMeter(channels: 2, sampleRate: 48_000, relevance: relevance)
            signal.forEachChunk { meter.process($0) { _ in } }
            meter.finish { _ in }
            return meter.peak
        }
        #expect(peak(relevance: 1) == peak(relevance: 0))
    }

    @Test func profilePeaksCoverTheirBlocks() {
        // A lone impulse shows in its own block, its neighbours see only the filter's ringing.
        var signal = Signal(channels: 1, seconds: 1) { _ in 0 }
        signal.planes[0][24_010] = 0.5
        var meter = TruePeakMeter(channels: 1, sampleRate: 48_000, relevance: 0)
        var peaks: [Float] = []
        signal.forEachChunk { meter.process($0) { peaks.append($0) } }
        meter.finish { peaks.append($0) }
        #expect(peaks.count == 1000)
        #expect(peaks.firstIndex { $0 >= 0.5 } == 500)
        #expect(peaks[510...].allSatisfy { $0 == 0 })
    }

    @Test(arguments: [1, 7, 47, 48, 49, 4096, 5000])
    func everyLengthIsCounted(frames: Int) {
        let signal = Signal(planes: [(0..<frames).map { $0 == frames - 1 ? 0.7 : 0 }])
        var meter = TruePeakMeter(channels: 1, sampleRate: 48_000)
        var blocks = 0
        signal.forEachChunk { meter.process($0) { _ in blocks += 1 } }
        meter.finish { _ in blocks += 1 }
        #expect(meter.samplePeak == 0.7)
        #expect(blocks == (frames + 47) / 48)
    }
}
