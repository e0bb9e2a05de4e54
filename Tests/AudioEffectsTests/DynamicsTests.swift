import Glibc
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct DynamicsTests {
    /// A wave whose magnitude is the same at every frame.
    func square(_ level: Double, frames: Int) -> [Float] {
        let amplitude = Float(pow(10, level / 20))
        return (0..<frames).map { $0 / 20 % 2 == 0 ? amplitude : -amplitude }
    }

    /// The static curve of Giannoulis, Massberg and Reiss 2012, equation 4.
    func compressed(_ x: Double, _ t: Double, _ r: Double, _ w: Double) -> Double {
        if 2 * (x - t) < -w { return x }
        if 2 * abs(x - t) <= w { return w > 0 ? x + (1 / r - 1) * pow(x - t + w / 2, 2) / (2 * w) : x }
        return t + (x - t) / r
    }

    @Test(arguments: [(-20.0, 4.0, 0.0), (-30, 2, 12), (-12, 20, 6)])
    func compressorFollowsItsStaticCurve(_ threshold: Double, _ ratio: Double, _ knee: Double) throws {
        let document = chain([
            "type": "compressor", "threshold_db": .number(threshold), "ratio": .number(ratio), "knee_db": .number(knee),
            "attack_ms": 0.1, "release_ms": 1, "makeup_db": 2,
        ])
        for level in stride(from: -60.0, through: 0, by: 2.5) {
            let output = try render(document, [square(level, frames: 1000)])[0]
            let expected = compressed(level, threshold, ratio, knee) + 2
            #expect(abs(decibels(peak(output.suffix(40))) - expected) < 0.1, "at \(level) dB")
        }
    }

    @Test func compressorMovesWithItsTimeConstants() throws {
        let document = chain([
            "type": "compressor", "threshold_db": -20, "ratio": 100, "knee_db": 0, "attack_ms": 10, "release_ms": 50,
        ])
        let output = try render(document, [square(-60, frames: 480) + square(0, frames: 4800) + square(-60, frames: 4800)])[0]
        // After one time constant 1 - 1/e of the reduction of 19.8 dB has come, and 1/e of it is left.
        #expect(abs(decibels(Double(abs(output[480 + 480]))) + 19.8 * (1 - exp(-1))) < 0.3)
        // The attack's smoothing comes on top of the release.
        let left = 19.8 * (50 * exp(-1) - 10 * exp(-5)) / 40
        #expect(abs(decibels(Double(abs(output[480 + 4800 + 2400]))) + 60 + left) < 0.3)
    }

    @Test func lookAheadIsThereBeforeTheSound() throws {
        let signal = [square(-40, frames: 2000) + square(0, frames: 2000)]
        func overshoot(_ lookAhead: Double) throws -> Double {
            let output = try render(
                chain(["type": "compressor", "ratio": 100, "attack_ms": 1, "look_ahead_ms": .number(lookAhead)]), signal)[0]
            #expect(output.count == 4000)
            return peak(output)
        }
        #expect(try decibels(overshoot(0)) > -2)
        #expect(try decibels(overshoot(8)) < -18)
    }

    @Test func channelsAreLinked() throws {
        let output = try render(
            chain(["type": "compressor", "threshold_db": -20, "ratio": 4, "attack_ms": 0.1]),
            [square(0, frames: 2000), square(-40, frames: 2000)])
        #expect(abs(decibels(peak(output[1].suffix(100))) + 55) < 0.1)
    }

    /// The true peak at four times the rate by a filter three times as long as the limiter's own.
    func truePeak(_ samples: [Float]) -> Double {
        let width = 36
        let taps = (1..<4).map { phase in
            (0..<2 * width).map { index -> Double in
                let x = Double(index - width + 1) - Double(phase) / 4
                let turn = Double.pi * x / Double(width)
                // Blackman and Harris 1978, four terms: no ripple above -92 dB.
                let window = 0.35875 + 0.48829 * cos(turn) + 0.14128 * cos(2 * turn) + 0.01168 * cos(3 * turn)
                return sin(.pi * x) / (.pi * x) * window
            }
        }
        var result = peak(samples)
        let padded = [Float](repeating: 0, count: width) + samples + [Float](repeating: 0, count: width)
        padded.withUnsafeBufferPointer { padded in
            for start in 0..<padded.count - 2 * width {
                for phase in taps {
                    var sum = 0.0
                    for index in 0..<2 * width { sum += Double(padded[start + index]) * phase[index] }
                    result = max(result, abs(sum))
                }
            }
        }
        return result
    }

    /// A signal with little above 20 kHz, as recordings are.
    static let hot: [(String, [Float])] = [
        ("noise", noise(4800, amplitude: 4)), ("between samples", sine(12_000, amplitude: 2, frames: 4800, phase: .pi / 4)),
        ("sine", sine(997, amplitude: 3, frames: 4800)), ("high sine", sine(17_000, amplitude: 2, frames: 4800)),
        ("bursts", (0..<4800).map { $0 / 700 % 2 == 0 ? 0.01 : Float(sin(Double($0) * 0.9)) * 5 }),
        ("clicks", (0..<4800).map { $0 % 911 == 5 ? 4 : 0 }),
    ]

    @Test(arguments: hot.indices, [0.0, -1, -6])
    func limiterHoldsItsCeiling(_ index: Int, _ ceiling: Double) throws {
        let bands: JSONValue = [["type": "low_pass", "frequency_hz": 18_000], ["type": "low_pass", "frequency_hz": 18_000]]
        let output = try render(
            chain(["type": "eq", "bands": bands], ["type": "limiter", "ceiling_dbtp": .number(ceiling)]), [Self.hot[index].1])[0]
        #expect(output.count == 4800)
        #expect(decibels(truePeak(output)) <= ceiling, "\(Self.hot[index].0)")
    }

    @Test func limiterBringsASteadySineToItsCeiling() throws {
        let output = try render(chain(["type": "limiter", "ceiling_dbtp": -3]), [sine(997, amplitude: 2, frames: 9600)])[0]
        #expect(abs(decibels(peak(output.suffix(2000))) + 3) < 0.1)
    }

    @Test func limiterLeavesWhatIsBelowItsCeiling() throws {
        let signal = [noise(3000, amplitude: 0.3), noise(3000, amplitude: 0.3, seed: 2)]
        #expect(try difference(render(chain(["type": "limiter"]), signal), signal) == 0)
    }

    @Test(arguments: [(-30.0, 0.0), (-39, 0), (-41, -1), (-45, -5), (-50, -10), (-80, -30)])
    func expanderFollowsItsStaticCurve(_ level: Double, _ gain: Double) throws {
        let document = chain(["type": "gate", "threshold_db": -40, "ratio": 2, "range_db": 30, "release_ms": 1])
        let output = try render(document, [sine(1000, amplitude: pow(10, level / 20), frames: 4800)])[0]
        #expect(abs(decibels(peak(output.suffix(480))) - level - gain) < 0.1)
    }

    @Test func gateOpensForSoundAndClosesAfterTheHold() throws {
        let signal = square(-60, frames: 2400) + square(-10, frames: 2400) + square(-60, frames: 9600)
        let output = try render(
            chain(["type": "gate", "threshold_db": -40, "attack_ms": 0.5, "hold_ms": 50, "release_ms": 5, "range_db": 40]), [signal]
        )[0]
        #expect(abs(decibels(peak(output[2300..<2400])) + 100) < 0.2)
        #expect(abs(decibels(peak(output[4700..<4800])) + 10) < 0.1)
        #expect(abs(decibels(peak(output[6000..<7000])) + 60) < 0.1)
        #expect(abs(decibels(peak(output.suffix(100))) + 100) < 0.2)
    }

    @Test func deEsserLowersLoudSibilantsAlone() throws {
        let document = chain([
            "type": "deesser", "frequency_hz": 5000, "threshold_db": -30, "ratio": 100, "range_db": 12, "attack_ms": 0.5,
        ])
        func gain(_ hertz: Double, _ level: Double) throws -> Double {
            let input = sine(hertz, amplitude: pow(10, level / 20), frames: 4800)
            let output = try render(document, [input])[0]
            return decibels(rms(output.suffix(960)) / rms(input.suffix(960)))
        }
        // A second-order shelf by -12 dB at 5 kHz has this gain at 12 kHz.
        #expect(try abs(gain(12_000, -6) + 11.26) < 0.1)
        #expect(try abs(gain(12_000, -40)) < 0.1)
        #expect(try abs(gain(300, -6)) < 0.1)
        #expect(try abs(gain(10_000, -24) + 6) < 1)
    }
}
