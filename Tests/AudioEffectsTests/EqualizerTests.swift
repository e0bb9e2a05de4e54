import Glibc
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct EqualizerTests {
    /// The magnitude of the analogue prototype at s = j omega (Bristow-Johnson's cookbook), omega by the bilinear transform.
    static func analogue(_ type: String, _ hertz: Double, f0: Double, gain: Double, q: Double, sampleRate: Double) -> Double {
        let s = tan(.pi * hertz / sampleRate) / tan(.pi * f0 / sampleRate)
        let a = pow(10, gain / 40)
        // Real and imaginary part of numerator and denominator, s^2 = -omega^2.
        let (n, d): ((Double, Double), (Double, Double)) =
            switch type {
            case "peak": ((1 - s * s, s * a / q), (1 - s * s, s / (a * q)))
            case "low_shelf": ((a * (a - s * s), a * a.squareRoot() / q * s), (1 - a * s * s, a.squareRoot() / q * s))
            case "high_shelf": ((a * (1 - a * s * s), a * a.squareRoot() / q * s), (a - s * s, a.squareRoot() / q * s))
            case "low_pass": ((1, 0), (1 - s * s, s / q))
            case "high_pass": ((-s * s, 0), (1 - s * s, s / q))
            case "band_pass": ((0, s / q), (1 - s * s, s / q))
            default: ((1 - s * s, 0), (1 - s * s, s / q))
            }
        return hypot(n.0, n.1) / hypot(d.0, d.1)
    }

    @Test(
        arguments: ["peak", "low_shelf", "high_shelf", "low_pass", "high_pass", "band_pass", "notch"],
        [(1000.0, 6.0, 0.707), (120, -12, 1.5), (9000, 9, 4)])
    func responseIsTheAnalyticOne(_ type: String, _ shape: (f0: Double, gain: Double, q: Double)) throws {
        let band: JSONValue = [
            "type": .string(type), "frequency_hz": .number(shape.f0), "gain_db": .number(shape.gain), "q": .number(shape.q),
        ]
        let response = try render(chain(["type": "eq", "bands": [band]]), [impulse(16_000, at: 0)])[0]
        for hertz in [20.0, 60, 115, 300, 900, 1000, 1700, 5000, 8500, 12_000, 18_000, 23_000] {
            let expected = Self.analogue(type, hertz, f0: shape.f0, gain: shape.gain, q: shape.q, sampleRate: 48_000)
            guard decibels(expected) > -80 else { continue }
            let measured = magnitude(response, at: hertz)
            #expect(abs(decibels(measured) - decibels(expected)) < 0.1, "\(type) at \(hertz) Hz")
        }
    }

    @Test func bandsWorkOneAfterTheOther() throws {
        let bands: [JSONValue] = [
            ["type": "peak", "frequency_hz": 500, "gain_db": 3], ["type": "high_pass", "frequency_hz": 200],
            ["type": "notch", "frequency_hz": 3000, "q": 2], ["type": "low_shelf", "frequency_hz": 300, "gain_db": -4],
            ["type": "high_shelf", "frequency_hz": 6000, "gain_db": 5],
        ]
        let signal = [noise(3000), noise(3000, seed: 2), noise(3000, seed: 3)]
        let together = try render(chain(["type": "eq", "bands": .array(bands)]), signal)
        let apart = try render(["effects": .array(bands.map { ["type": "eq", "bands": [$0]] })], signal)
        #expect(difference(together, apart) < 2e-6)
    }

    @Test func frequenciesBeyondTheRateAreHeldBelowIt() throws {
        let band: JSONValue = ["type": "high_shelf", "frequency_hz": 20_000, "gain_db": 12]
        let response = try render(chain(["type": "eq", "bands": [band]]), [impulse(2000, at: 0)], sampleRate: 8000)[0]
        #expect(abs(decibels(magnitude(response, at: 1000, sampleRate: 8000))) < 0.1)
    }
}
