import Glibc
import Primitives
import TestSupport
import Testing

@testable import AudioEffects

@Suite(.computing) struct ColourTests {
    @Test func saturationBendsTheWave() throws {
        let input = sine(500, amplitude: 0.8, frames: 4800)
        let output = try render(chain(["type": "saturation", "curve": "tape", "drive_db": 6]), [input])[0]
        let drive = pow(10, 6.0 / 20)
        for frame in 1000..<2000 { #expect(abs(Double(output[frame]) - tanh(Double(input[frame]) * drive)) < 2e-3) }
    }

    @Test(arguments: [("1x", -30.0), ("2x", -45), ("4x", -55)])
    func oversamplingKeepsHarmonicsFromFolding(_ factor: String, _ least: Double) throws {
        // The fifth harmonic of 6.5 kHz, 32.5 kHz, would fold to 15.5 kHz.
        let input = sine(6500, amplitude: 0.5, frames: 4800)
        let effect: JSONValue = ["type": "saturation", "curve": "tape", "drive_db": 12, "oversampling": .string(factor)]
        let output = try render(chain(effect), [input])[0].dropFirst(960).prefix(2880)
        let folded = decibels(magnitude(output, at: 15_500) / magnitude(output, at: 6500))
        #expect(factor == "1x" ? folded > -40 : folded < least)
    }

    @Test func tubeAddsEvenHarmonicsAndNoConstantPart() throws {
        let input = sine(1000, amplitude: 0.5, frames: 48_000)
        func second(_ curve: String) throws -> Double {
            let output = try render(chain(["type": "saturation", "curve": .string(curve)]), [input])[0].suffix(4800)
            #expect(abs(output.reduce(0, +)) / 4800 < 2e-3)
            return decibels(magnitude(output, at: 2000) / magnitude(output, at: 1000))
        }
        #expect(try second("tube") > -30)
        #expect(try second("tape") < -80)
    }

    @Test func clippingIsHard() throws {
        let effect: JSONValue = ["type": "saturation", "curve": "clip", "drive_db": 20, "oversampling": "1x"]
        #expect(try peak(render(chain(effect), [noise(1000)])[0]) == 1)
    }

    @Test func chorusWithoutSwingIsADelay() throws {
        let input = noise(2000)
        let output = try render(
            chain(["type": "chorus", "depth_ms": 0, "delay_ms": 10, "voices": 1, "mix": 1]), [input])[0]
        #expect(difference([Array(output[480...])], [Array(input[..<1520])]) < 1e-5)
    }

    @Test func flangerFeedsItsDelayBack() throws {
        let effect: JSONValue = ["type": "flanger", "depth_ms": 0, "delay_ms": 10, "feedback": -0.5, "mix": 1]
        let output = try render(chain(effect), [impulse(2000, at: 0)])[0]
        #expect(abs(output[480] - 1) < 1e-5 && abs(output[960] + 0.5) < 1e-5 && abs(output[1440] - 0.25) < 1e-5)
    }

    @Test func phaserTurnsThePhaseAlone() throws {
        let effect: JSONValue = ["type": "phaser", "feedback": 0, "mix": 1, "rate_hz": 0.01]
        let input = noise(9600)
        #expect(try abs(decibels(rms(render(chain(effect), [input])[0]) / rms(input))) < 0.2)
        let fixed: JSONValue = [
            "type": "phaser", "feedback": 0, "mix": 0.5, "stages": 2, "lowest_hz": 1000, "highest_hz": 1000,
        ]
        let notched = try render(chain(fixed), [sine(1000, frames: 9600)])[0]
        #expect(decibels(rms(notched.suffix(2000))) < -60)
    }

    @Test func stereoToolsMixTheirSides() throws {
        let (left, right) = (noise(500), noise(500, seed: 2))
        func mixed(_ a: Float, _ b: Float) -> [Float] { zip(left, right).map { a * $0 + b * $1 } }
        func check(_ effect: JSONValue, _ expected: [[Float]]) throws {
            #expect(try difference(render(chain(effect), [left, right]), expected) < 1e-6, "\(type(effect))")
        }
        try check(["type": "swap_channels"], [right, left])
        try check(["type": "to_mono"], [mixed(0.5, 0.5)])
        try check(["type": "width", "width": 0], [mixed(0.5, 0.5), mixed(0.5, 0.5)])
        try check(["type": "width", "width": 2], [mixed(1.5, -0.5), mixed(-0.5, 1.5)])
        try check(["type": "balance", "balance": 1], [mixed(0, 0), right])
        try check(["type": "balance", "balance": -0.25], [left, mixed(0, 0.75)])
        try check(["type": "invert_phase", "channels": "right"], [left, mixed(0, -1)])
        try check(["type": "invert_phase"], [mixed(-1, 0), mixed(0, -1)])
        #expect(try render(chain(["type": "to_stereo"]), [left]) == [left, left])
    }

    @Test func exponentialsAreExact() {
        for value in stride(from: Float(-20), through: 20, by: 0.37) {
            let power = Exponentials.exp2(SIMD8(repeating: value))[3]
            #expect(abs(power / exp2(value) - 1) < 1e-6)
            #expect(abs(Exponentials.log2(SIMD8(repeating: exp2(value)))[5] - value) < 3e-6)
            #expect(abs(Exponentials.tanh(SIMD8(repeating: value))[0] - tanh(value)) < 1e-6)
        }
    }

    @Test(arguments: [1, 2, 7, 100]) func slidingMinimumIsThatOfItsWindow(_ window: Int) {
        var values = noise(1000)
        let expected = values.indices.map { index in
            min(index < window - 1 ? 0.1 : 1, values[max(0, index - window + 1)...index].min() ?? 0)
        }
        var minimum = SlidingMinimum(window: window, initial: 0.1)
        values.withUnsafeMutableBufferPointer { minimum.process($0.baseAddress!, count: 1000) }
        #expect(values == expected)
    }
}
