import Glibc
import Metering
import TestSupport
import Testing

import AudioCore

@Suite(.computing) struct NormalizationPlanTests {
    /// Signals that are hard on a limiter, by name.
    static let nasty: [(name: String, signal: Signal)] = [
        ("a sine that peaks between its samples", .sine(11_025, level: -6, seconds: 1.5, phase: 45, sampleRate: 44_100)),
        ("square wave", Signal(seconds: 1.5) { $0 / 240 % 2 == 0 ? 0.3 : -0.3 }),
        ("square wave near Nyquist", Signal(seconds: 1.5) { $0 / 3 % 2 == 0 ? 0.3 : -0.3 }),
        ("white noise", .noise(amplitude: 0.4, seconds: 1.5, channels: 1)),
        ("white noise in bursts", bursts),
        ("impulses over a quiet tone", impulses),
        ("one channel silent", oneSided),
        ("192 kHz", .noise(amplitude: 0.4, seconds: 0.6, sampleRate: 192_000, channels: 1)),
        ("8 kHz", .noise(amplitude: 0.4, seconds: 3, sampleRate: 8000)),
    ]

    private static var bursts: Signal {
        var signal = Signal.noise(amplitude: 0.5, seconds: 1.5)
        for channel in 0..<2 {
            for frame in 0..<signal.frames where frame / 3000 % 5 != 0 { signal.planes[channel][frame] *= 0.1 }
        }
        return signal
    }

    private static var impulses: Signal {
        var signal = Signal.sine(440, level: -26, seconds: 1.5)
        for frame in stride(from: 5000, to: signal.frames, by: 17_001) {
            signal.planes[0][frame] = 0.5
            signal.planes[1][frame + 1] = -0.5
        }
        return signal
    }

    private static var oneSided: Signal {
        var signal = Signal.noise(amplitude: 0.4, seconds: 1.5)
        signal.planes[1] = signal.planes[1].map { _ in 0 }
        return signal
    }

    private func plan(_ signal: Signal, _ integrated: Double, _ truePeak: Double = -1) throws -> NormalizationPlan {
        let before = try signal.measured(.profile)
        return NormalizationPlan(
            integrated: try #require(before.measurement.integrated), truePeak: try #require(before.measurement.truePeak),
            profile: before.profile, target: LoudnessTarget(integrated: integrated, truePeak: truePeak))
    }

    @Test(arguments: 0..<nasty.count, [1.0, 3, 6])
    func ceilingHoldsAndTargetIsReached(index: Int, excess: Double) throws {
        let (name, signal) = Self.nasty[index]
        let before = try signal.measured().measurement
        // A target at which the peaks would pass the ceiling by `excess`.
        let target = try #require(before.integrated) + (-1 - (try #require(before.truePeak))) + excess
        let plan = try plan(signal, target)
        let result = signal.treated(by: plan).quantized
        #expect(plan.curve != nil, "\(name)")
        let oversampling = signal.sampleRate < 96_000 ? 4 : signal.sampleRate < 192_000 ? 2 : 1
        #expect(result.independentTruePeak(oversampling: oversampling) <= -1, "\(name)")
        let after = try result.measured().measurement
        #expect(abs(try #require(after.integrated) - plan.expectedLoudness) <= 0.05, "\(name)")
        if plan.obstacle == nil { #expect(abs(plan.expectedLoudness - target) <= 0.05, "\(name)") }
    }

    @Test func gainAloneIsLinearToTheBit() throws {
        let signal = Signal.noise(amplitude: 0.05, seconds: 4)
        let plan = try plan(signal, -23)
        #expect(plan.curve == nil && plan.obstacle == nil)
        let gain = Float(pow(10, plan.gain / 20))
        #expect(signal.treated(by: plan).planes == signal.map { $0 * gain }.planes)
        #expect(abs(try #require(try signal.treated(by: plan).measured().measurement.integrated) - -23) <= 0.01)
    }

    @Test func limiterLeavesTheRestAlone() throws {
        // One loud burst at 2 s in a quiet programme: 10 ms before it and a second after it the gain is plain.
        var signal = Signal.sine(440, level: -30, seconds: 5)
        for channel in 0..<2 {
            for frame in 96_000..<96_480 { signal.planes[channel][frame] *= 20 }
        }
        let plan = try plan(signal, -16)
        let gain = Float(pow(10, plan.gain / 20))
        let result = signal.treated(by: plan)
        #expect(plan.curve != nil)
        for channel in 0..<2 {
            #expect(result.planes[channel][..<95_520].elementsEqual(signal.planes[channel][..<95_520].map { $0 * gain }))
            #expect(result.planes[channel][144_480...].elementsEqual(signal.planes[channel][144_480...].map { $0 * gain }))
        }
    }

    @Test func gainMovesWithoutSteps() throws {
        let (_, signal) = Self.nasty[4]
        let curve = try #require(try plan(signal, -6).curve)
        #expect(curve.deepest < 0.7)
        // The steepest way down is the middle of the ramp: all of it within 6 blocks.
        let largest = zip(curve.gains, curve.gains.dropFirst()).map { abs($1 - $0) }.max() ?? 0
        #expect(largest <= (1 - curve.deepest) * 0.3)
    }

    @Test func channelsAreLinked() throws {
        let (_, signal) = Self.nasty[5]
        var left = signal
        left.planes[1] = left.planes[0]
        left.planes[1] = signal.planes[0].map { $0 * 0.5 }
        let result = left.treated(by: try plan(left, -14))
        for frame in stride(from: 0, to: result.frames, by: 101) {
            #expect(abs(result.planes[1][frame] - result.planes[0][frame] * 0.5) <= 1e-6)
        }
    }

    @Test func loudTargetsAreGivenUpHonestly() throws {
        let plan = try plan(.noise(amplitude: 0.1, seconds: 4), 0, -6)
        #expect(plan.obstacle == .loss)
        #expect(plan.expectedLoudness < -0.1)
        let click = {
            var signal = Signal.sine(440, level: -40, seconds: 4)
            signal.planes[0][90_000] = 0.9
            return signal
        }()
        let far = try self.plan(click, -16)
        #expect(far.obstacle == .reduction)
        let result = click.treated(by: far)
        #expect(result.independentTruePeak() <= -1)
        #expect(abs(try #require(try result.measured().measurement.integrated) - far.expectedLoudness) <= 0.1)
    }

    @Test func quietProgrammesCrossTheAbsoluteGate() throws {
        // Half of it lies under -70 LUFS and passes the gates only after the gain.
        let signal = Signal.steps([(-65, 10), (-73, 10)])
        let plan = try plan(signal, -23)
        let after = try signal.treated(by: plan).measured(channels: [.front]).measurement
        #expect(abs(try #require(after.integrated) - -23) <= 0.05)
    }

    @Test(arguments: LoudnessPreset.allCases)
    func presets(preset: LoudnessPreset) {
        let expected: [LoudnessPreset: (Double, Double)] = [
            .spotify: (-14, -1), .apple: (-16, -1), .youtube: (-14, -1), .amazon: (-14, -2), .tidal: (-14, -1),
            .podcast: (-16, -1), .ebuR128: (-23, -1), .atscA85: (-24, -2),
        ]
        #expect(expected[preset]?.0 == preset.target.integrated)
        #expect(expected[preset]?.1 == preset.target.truePeak)
    }
}
