import Glibc
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct TimeTests {
    /// The frequency of a steady sine, from where it crosses zero upwards.
    func frequency(_ samples: ArraySlice<Float>) -> Double {
        let pairs = zip(samples.indices, samples.indices.dropFirst())
        let crossings = pairs.filter { samples[$0] < 0 && samples[$1] >= 0 }.map { low, high in
            Double(low) + Double(samples[low] / (samples[low] - samples[high]))
        }
        guard let first = crossings.first, let last = crossings.last, crossings.count > 1 else { return 0 }
        return Double(crossings.count - 1) / (last - first) * 48_000
    }

    @Test(arguments: [0.5, 0.8, 1, 1.5, 2.7], ["faster", "finer"])
    func stretchedAudioHasTheRightLengthAndPitch(_ ratio: Double, _ engine: String) throws {
        let effect: JSONValue = ["type": "time_stretch", "duration_ratio": .number(ratio), "engine": .string(engine)]
        let output = try render(chain(effect), [sine(440, frames: 24_001)])[0]
        #expect(output.count == Int((24_001 * ratio).rounded()))
        let middle = output[output.count / 3..<output.count * 2 / 3]
        #expect(abs(frequency(middle) - 440) < 2)
        #expect(abs(decibels(rms(middle) / (0.5 / 2.0.squareRoot()))) < 1.5)
    }

    @Test(arguments: [-12.0, -3, 0, 4, 12], ["faster", "finer"])
    func shiftedSinesHaveTheRightPitch(_ semitones: Double, _ engine: String) throws {
        let effect: JSONValue = ["type": "pitch_shift", "semitones": .number(semitones), "engine": .string(engine)]
        let output = try render(chain(effect), [sine(440, frames: 24_000)])[0]
        #expect(output.count == 24_000)
        let expected = 440 * pow(2, semitones / 12)
        #expect(abs(frequency(output[8000..<16_000]) / expected - 1) < 0.005)
    }

    @Test func stretchKeepsEventsAtTheirPlace() throws {
        var input = [Float](repeating: 0, count: 24_000)
        for index in 12_000..<12_400 { input[index] = sin(Float(index) * 0.3) * 0.8 }
        let output = try render(chain(["type": "time_stretch", "duration_ratio": 2]), [input])[0]
        let weights = output.map { Double($0) * Double($0) }
        let centre = weights.enumerated().reduce(0.0) { $0 + Double($1.offset) * $1.element } / weights.reduce(0, +)
        #expect(abs(centre - 24_400) < 500)
    }

    @Test(arguments: [(0.0, nil), (0.1, nil), (0.1, 0.25), (0, 0.05), (0.3, 0.2), (2, 3)] as [(Double, Double?)])
    func trimKeepsWhatLiesBetween(_ start: Double, _ end: Double?) throws {
        var effect: [String: JSONValue] = ["type": "trim", "start_seconds": .number(start)]
        if let end { effect["end_seconds"] = .number(end) }
        let input = noise(24_000)
        let first = min(24_000, Int(start * 48_000))
        let last = max(first, min(24_000, end.map { Int($0 * 48_000) } ?? 24_000))
        #expect(try render(chain(.object(effect)), [input]) == [Array(input[first..<last])])
    }

    /// The runs of a signal: sound or silence, frames.
    struct Pauses {
        let runs: [(sounds: Bool, frames: Int)]
        let frames: Int
    }

    static let pauses: [Pauses] = [
        Pauses(runs: [(true, 3000)], frames: 3000),
        // Too short to be cut.
        Pauses(runs: [(true, 3000), (false, 4799), (true, 3000)], frames: 10_799),
        // What stays on both sides, less the crossfade.
        Pauses(runs: [(true, 3000), (false, 4800), (true, 3000)], frames: 6000 + 2 * 960 - 240),
        Pauses(runs: [(true, 3000), (false, 40_000), (true, 3000)], frames: 6000 + 2 * 960 - 240),
        // At the ends one side stays.
        Pauses(runs: [(false, 9000), (true, 3000), (false, 9000)], frames: 3000 + 2 * 960),
        Pauses(runs: [(false, 2000), (true, 3000), (false, 2000)], frames: 7000),
        Pauses(runs: [(false, 20_000)], frames: 0),
        Pauses(runs: [(true, 10), (false, 5000), (true, 10), (false, 6000), (true, 10)], frames: 30 + 2 * 1680),
    ]

    @Test(arguments: pauses.indices, [4096, 100]) func pausesAreCutToTheRightLength(_ index: Int, _ block: Int) throws {
        let input = Self.pauses[index].runs.flatMap { run in
            (0..<run.frames).map { run.sounds ? Float($0 % 2 == 0 ? 0.5 : -0.5) : Float($0 % 2 == 0 ? 0.001 : -0.001) }
        }
        let document = chain([
            "type": "silence_removal", "threshold_db": -40, "minimum_seconds": 0.1, "keep_seconds": 0.02, "crossfade_ms": 5,
        ])
        let output = try render(document, [input, input], blocks: [block])
        #expect(output[0].count == Self.pauses[index].frames)
        #expect(output[0] == output[1])
        let sounding = output[0].count { abs($0) == 0.5 }
        #expect(sounding == Self.pauses[index].runs.reduce(0) { $0 + ($1.sounds ? $1.frames : 0) })
    }

    @Test(arguments: ["linear", "equal_power", "smooth", "exponential"])
    func fadesHaveTheirShape(_ curve: String) throws {
        let ones = [Float](repeating: 1, count: 4800)
        let shape: (Double) -> Double =
            switch curve {
            case "linear": { $0 }
            case "equal_power": { sin($0 * .pi / 2) }
            case "smooth": { pow(sin($0 * .pi / 2), 2) }
            default: { $0 == 0 ? 0 : pow(10, 3 * ($0 - 1)) }
            }
        let rise = try render(
            chain(["type": "fade_in", "start_seconds": 0.01, "length_seconds": 0.05, "curve": .string(curve)]), [ones])[0]
        for (frame, part) in [(0, 0.0), (479, 0), (480, 0), (480 + 600, 0.25), (480 + 1800, 0.75), (480 + 2400, 1), (4799, 1)] {
            #expect(abs(Double(rise[frame]) - shape(part)) < 1e-4, "frame \(frame)")
        }
        for total in [nil, 4800] {
            let fall = try render(
                chain(["type": "fade_out", "length_seconds": 0.05, "curve": .string(curve)]), [ones], totalFrames: total)[0]
            for (frame, part) in [(4799, 0.0), (4799 - 600, 0.25), (4799 - 1800, 0.75), (2000, 1), (0, 1)] {
                #expect(abs(Double(fall[frame]) - shape(part)) < 1e-4, "frame \(frame)")
            }
        }
    }

    @Test func aFadeLongerThanTheAudioBeginsPartway() throws {
        for total in [nil, 480] {
            let fall = try render(
                chain(["type": "fade_out", "length_seconds": 0.02]), [.init(repeating: 1, count: 480)], totalFrames: total)[0]
            #expect(abs(fall[0] - 479.0 / 960) < 1e-5 && fall[479] == 0)
        }
    }

    @Test func theEndOfAFadeIsKnownThroughOtherEffects() throws {
        let document = chain(
            ["type": "trim", "start_seconds": 0.01, "end_seconds": 0.05], ["type": "fade_out", "length_seconds": 0.02])
        let ones: [[Float]] = [.init(repeating: 1, count: 4800)]
        let known = try render(document, ones, totalFrames: 4800)
        #expect(try difference(known, render(document, ones)) == 0)
        #expect(known[0].last == 0 && known[0].count == 1920)
    }
}
