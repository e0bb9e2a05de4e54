import Glibc
import Primitives
import TestSupport
import Testing

@testable import AudioEffects

@Suite(.computing) struct AutomationTests {
    @Test func gainFollowsItsCurve() throws {
        let document = chain(["type": "gain", "automation": ["gain_db": [[0.02, 0], [0.06, -12], [0.08, 6]]]])
        let output = try render(document, [.init(repeating: 0.5, count: 4800)])[0]
        for (frame, level) in [(0, 0.0), (900, 0), (1920, -6), (2880, -12), (3360, -3), (3840, 6), (4700, 6)] {
            #expect(abs(decibels(Double(output[frame]) / 0.5) - level) < 0.05, "at frame \(frame)")
        }
    }

    @Test func jumpsDoNotClick() throws {
        let document = chain(["type": "gain", "automation": ["gain_db": [[0.02, -40], [0.02, 0]]]])
        let output = try render(document, [.init(repeating: 1, count: 4800)])[0]
        #expect(abs(output[900] - 0.01) < 1e-4 && output[4000] == 1)
        #expect(zip(output, output.dropFirst()).allSatisfy { abs($1 - $0) < 0.015 })
    }

    @Test func bandsFollowCurvesOfTheirOwn() throws {
        let bands: JSONValue = [
            ["frequency_hz": 1000, "automation": ["gain_db": [[0.1, 0], [0.2, 12]]]], ["frequency_hz": 5000, "gain_db": 6],
        ]
        let input = sine(1000, frames: 16_000)
        let output = try render(chain(["type": "eq", "bands": bands]), [input])[0]
        let still = try render(chain(["type": "eq", "bands": [["frequency_hz": 5000, "gain_db": 6]]]), [input])[0]
        #expect(abs(decibels(rms(output[3840..<4800]) / rms(still[3840..<4800]))) < 0.05)
        #expect(abs(decibels(rms(output[14_400..<16_000]) / rms(still[14_400..<16_000])) - 12) < 0.1)
    }

    static let automated: [JSONValue] = [
        ["type": "compressor", "automation": ["threshold_db": [[0, -40], [0.1, -10]], "ratio": [[0, 2], [0.1, 10]]]],
        ["type": "limiter", "automation": ["ceiling_dbtp": [[0, 0], [0.05, -20]]]],
        ["type": "gate", "automation": ["threshold_db": [[0, -60], [0.05, 0]]]],
        ["type": "deesser", "automation": ["range_db": [[0, 0], [0.05, 20]]]],
        ["type": "reverb", "automation": ["mix": [[0, 0], [0.05, 1]]]],
        ["type": "saturation", "automation": ["drive_db": [[0, 0], [0.05, 30]]]],
        ["type": "width", "automation": ["width": [[0, 0], [0.05, 2]]]],
        ["type": "pitch_shift", "automation": ["semitones": [[0, 0], [0.05, 7]]]],
    ]

    @Test(arguments: automated) func everyEffectFollowsCurves(_ effect: JSONValue) throws {
        let input = [noise(4800), noise(4800, seed: 2)]
        let output = try render(chain(effect), input, blocks: [480, 33])
        var still = effect.objectValue ?? [:]
        still["automation"] = nil
        #expect(output.allSatisfy { $0.count == 4800 && $0.allSatisfy(\.isFinite) })
        #expect(try difference(output, render(chain(.object(still)), input)) > 0.01)
        let isRubberBand = type(effect) == "pitch_shift"
        #expect(try isRubberBand || difference(output, render(chain(effect), input)) < 5e-6)
    }

    @Test func pitchFollowsItsCurve() throws {
        let document = chain(["type": "pitch_shift", "automation": ["semitones": [[0.4, 0], [0.5, 12]]]])
        let output = try render(document, [sine(440, frames: 48_000)])[0]
        let (before, after) = (output[9600..<14_400], output[33_600..<43_200])
        #expect(magnitude(before, at: 440) > 10 * magnitude(before, at: 880))
        #expect(magnitude(after, at: 880) > 10 * magnitude(after, at: 440))
    }

    @Test func curvesAreStraightLines() throws {
        var faults: [ChainFault] = []
        let curve = try #require(ParameterCurve([[1, 10], [2, 20], [4, -20]], range: -50...50, unit: nil, at: "", &faults))
        #expect(faults.isEmpty)
        for (time, value) in [(0.0, 10.0), (1, 10), (1.25, 12.5), (2, 20), (3, 0), (4, -20), (9, -20)] {
            #expect(abs(curve.value(at: time) - value) < 1e-12)
        }
    }
}
