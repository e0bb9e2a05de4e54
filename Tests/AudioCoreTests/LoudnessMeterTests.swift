import Metering
import TestSupport
import Testing

import AudioCore

/// The published test signals of EBU Tech 3341 and 3342, made here, with their expected values.
@Suite(.computing) struct LoudnessMeterTests {
    @Test(arguments: [-23.0, -33.0])
    func steadySine(level: Double) throws {
        // Tech 3341 cases 1 and 2, shortened.
        let measured = try Signal.sine(level: level, seconds: 5).measured().measurement
        #expect(abs(try #require(measured.integrated) - level) <= 0.1)
        #expect(abs(try #require(measured.shortTermMaximum) - level) <= 0.1)
        #expect(abs(try #require(measured.momentaryMaximum) - level) <= 0.1)
        #expect(abs(try #require(measured.truePeak) - level) <= 0.05)
    }

    @Test(arguments: [
        [(-36.0, 10.0), (-23, 60), (-36, 10)],  // case 3
        [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],  // case 4
        [(-26, 20), (-20, 20.1), (-26, 20)],  // case 5
    ])
    func gating(steps: [(level: Double, seconds: Double)]) throws {
        let measured = try Signal.steps(steps).measured(channels: [.dualMono]).measurement
        #expect(abs(try #require(measured.integrated) - -23) <= 0.1)
    }

    @Test func surroundWeights() throws {
        // Case 6: left and right -28, centre -24, surrounds -30 dBFS.
        let planes = [-28.0, -28, -24, -30, -30].map { Signal.sine(level: $0, seconds: 5, channels: 1).planes[0] }
        let measured = try Signal(planes: planes).measured(channels: [.front, .front, .front, .surround, .surround]).measurement
        #expect(abs(try #require(measured.integrated) - -23) <= 0.1)
    }

    @Test func effectsChannelIsLeftOut() throws {
        let planes = [-23.0, -23, -3].map { Signal.sine(level: $0, seconds: 5, channels: 1).planes[0] }
        let measured = try Signal(planes: planes).measured(channels: [.front, .front, .none]).measurement
        #expect(abs(try #require(measured.integrated) - -23) <= 0.1)
        #expect(abs(try #require(measured.truePeak) - -3) <= 0.05, "the true peak counts every channel")
    }

    @Test func monoAndDualMono() throws {
        let mono = Signal.sine(level: -20, seconds: 5, channels: 1)
        let single = try #require(try mono.measured(channels: [.front]).measurement.integrated)
        let dual = try #require(try mono.measured(channels: [.dualMono]).measurement.integrated)
        #expect(abs(single - -23.01) <= 0.05)
        #expect(abs(dual - single - 3.01) <= 0.01)
    }

    @Test func shortTermMaximumOfAlternatingLevels() throws {
        // Case 9: the mean over any three seconds is the same.
        let signal = Signal.steps((0..<5).flatMap { _ in [(-20.0, 1.34), (-30, 1.66)] })
        #expect(abs(try #require(try signal.measured(channels: [.dualMono]).measurement.shortTermMaximum) - -23) <= 0.1)
    }

    @Test func momentaryMaximumOfAlternatingLevels() throws {
        // Case 12: the mean over any 400 ms is the same.
        let signal = Signal.steps((0..<25).flatMap { _ in [(-20.0, 0.18), (-30, 0.22)] })
        #expect(abs(try #require(try signal.measured(channels: [.dualMono]).measurement.momentaryMaximum) - -23) <= 0.1)
    }

    @Test(arguments: zip([[-20.0, -30], [-20, -15], [-40, -20], [-50, -35, -20, -35, -50]], [10.0, 5, 20, 15]))
    func loudnessRange(levels: [Double], expected: Double) throws {
        // Tech 3342 cases 1 to 4: 20 s each.
        #expect(abs(try Signal.steps(levels.map { ($0, 20) }).measured(channels: [.dualMono]).measurement.range - expected) <= 1)
    }

    @Test(arguments: [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 88_200, 96_000, 192_000])
    func everySampleRate(sampleRate: Int) throws {
        let signal = Signal.sine(level: -23, seconds: 4, sampleRate: sampleRate)
        let result = try signal.measured(.profile)
        #expect(abs(try #require(result.measurement.integrated) - -23) <= 0.15)
        let fromProfile = result.profile.integratedLoudness(gain: 1, curve: nil)
        #expect(abs(fromProfile - -23) <= 0.3, "the profile's own estimate")
    }

    @Test func silenceAndShortSoundsHaveNoLoudness() throws {
        let silence = try Signal(seconds: 2) { _ in 0 }.measured().measurement
        #expect(silence.integrated == nil && silence.truePeak == nil && silence.momentaryMaximum == nil)
        let click = try Signal.sine(level: -6, seconds: 0.2).measured().measurement
        #expect(click.integrated == nil)
        #expect(abs(try #require(click.truePeak) - -6) <= 0.1)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func samplesThatAreNoNumbersAreRefused(sample: Float) throws {
        var signal = Signal.noise(amplitude: 0.1, seconds: 1)
        signal.planes[1][30_000] = sample
        #expect(throws: AudioError.self) { try signal.measured() }
    }
}
