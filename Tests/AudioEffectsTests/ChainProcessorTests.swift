import AudioEffects
import Glibc
import Primitives
import TestSupport
import Testing

/// What must hold for each effect.
@Suite(.computing) struct ChainProcessorTests {
    static let inPlace = samples.filter {
        !["pitch_shift", "time_stretch", "trim", "silence_removal", "fade_in", "fade_out"].contains(type($0))
    }
    static let keepingTime = samples.filter { !["time_stretch", "trim", "silence_removal"].contains(type($0)) }

    @Test(arguments: inPlace) func anImpulseStaysAtItsPlace(_ effect: JSONValue) throws {
        let at = 1234
        let input = [impulse(4000, at: at, 0.9), impulse(4000, at: at, 0.9)]
        let output = try render(chain(effect), input, impulses: ["room": room()])
        for channel in output {
            #expect(channel.count == 4000)
            let largest = channel.indices.max { abs(channel[$0]) < abs(channel[$1]) }
            #expect(largest == at)
        }
    }

    @Test(arguments: ["faster", "finer"]) func pitchShiftKeepsThePlace(_ engine: String) throws {
        let input = (0..<24_000).map { frame in
            let distance = Float(frame - 12_000) / 200
            return exp(-distance * distance) * sin(Float(frame) * 0.05)
        }
        let shift: JSONValue = ["type": "pitch_shift", "semitones": 5, "engine": .string(engine)]
        let output = try render(chain(shift), [input])[0]
        #expect(output.count == 24_000)
        let weights = output.map { Double($0) * Double($0) }
        let centre = weights.enumerated().reduce(0.0) { $0 + Double($1.offset) * $1.element } / weights.reduce(0, +)
        #expect(abs(centre - 12_000) < 150)
    }

    @Test(arguments: keepingTime, [1, 700]) func asManyFramesComeOutAsWentIn(_ effect: JSONValue, _ frames: Int) throws {
        let document: JSONValue = ["effects": [effect], "tail_seconds": 0.01]
        let output = try render(document, [noise(frames), noise(frames)], impulses: ["room": room()])
        #expect(output.allSatisfy { $0.count == frames + 480 })
    }

    @Test(arguments: samples) func theCutOfTheInputDoesNotMatter(_ effect: JSONValue) throws {
        let input = [noise(3000), noise(3000, seed: 2)]
        let whole = try render(chain(effect), input, impulses: ["room": room()])
        let pieces = try render(chain(effect), input, blocks: [1, 7, 64, 500, 513], impulses: ["room": room()])
        // Rubber Band's own analysis sees other blocks.
        #expect(difference(whole, pieces) < (type(effect) == "pitch_shift" || type(effect) == "time_stretch" ? 0.7 : 2e-6))
    }

    @Test(arguments: samples) func silenceStaysSilence(_ effect: JSONValue) throws {
        let silence = [[Float]](repeating: .init(repeating: 0, count: 2000), count: 2)
        #expect(try render(chain(effect), silence, impulses: ["room": room()]).allSatisfy { peak($0) == 0 })
    }

    @Test(arguments: samples) func samplesThatAreNoNumbersBecomeSilence(_ effect: JSONValue) throws {
        var input = [noise(2000), noise(2000, seed: 2)]
        (input[0][100], input[0][1999], input[1][777]) = (.nan, .infinity, -.infinity)
        let processor = try ChainProcessor(
            EffectChain(chain(effect)), sampleRate: 48_000, channels: 2, impulses: ["room": room()])
        let output = try render(processor, input)
        #expect(processor.replacedSamples == 3)
        #expect(output.allSatisfy { $0.allSatisfy(\.isFinite) })
        #expect(output.contains { peak($0) > 0 })
    }

    @Test(arguments: samples, [8000.0, 192_000]) func everyRateWorks(_ effect: JSONValue, _ sampleRate: Double) throws {
        let input = [noise(1500), noise(1500, seed: 2)]
        let response = room(300, sampleRate: sampleRate)
        let output = try render(chain(effect), input, sampleRate: sampleRate, impulses: ["room": response])
        #expect(output.allSatisfy { $0.allSatisfy(\.isFinite) && peak($0) < 8 })
    }

    @Test(arguments: samples.filter { !["to_stereo", "width", "balance", "swap_channels"].contains(type($0)) }, [1, 3, 8])
    func everyNumberOfChannelsWorks(_ effect: JSONValue, _ channels: Int) throws {
        let input = (0..<channels).map { noise(1200, seed: UInt64($0 + 1)) }
        let output = try render(chain(effect), input, impulses: ["room": room()])
        #expect(output.count == (type(effect) == "to_mono" ? 1 : channels))
        #expect(output.allSatisfy { $0.allSatisfy(\.isFinite) })
        #expect(type(effect) == "silence_removal" || output.allSatisfy { peak($0) > 0 })
    }

    @Test(arguments: samples) func aConstantSignalDoesNotRunAway(_ effect: JSONValue) throws {
        let input = [[Float]](repeating: .init(repeating: 1, count: 3000), count: 2)
        let output = try render(chain(effect), input, impulses: ["room": room()])
        #expect(output.allSatisfy { $0.allSatisfy { abs($0) < 8 } })
    }

    @Test func bypassedEffectsAreLeftOut() throws {
        let document = chain(["type": "gain", "gain_db": 20, "bypass": true], ["type": "trim", "end_seconds": 0, "bypass": true])
        #expect(try difference(render(document, [noise(1000)]), [noise(1000)]) == 0)
    }

    @Test func anEmptyChainGivesItsInputBack() throws {
        #expect(try difference(render(chain(), [noise(1000)]), [noise(1000)]) == 0)
        #expect(try render(chain(), [[]]) == [[]])
    }

    @Test func denormalNumbersAreTakenAsZero() throws {
        let tiny = [Float](repeating: .leastNonzeroMagnitude, count: 600)
        let output = try render(chain(["type": "gain", "gain_db": 40]), [tiny])[0]
        #expect(peak(output) == 0)
        // The mode ends with the call.
        #expect(tiny[0] * 2 != 0)
    }

    @Test func aLongChainKeepsItsPlace() throws {
        let effects: [JSONValue] = [
            ["type": "compressor", "look_ahead_ms": 7, "threshold_db": 0], ["type": "limiter", "ceiling_dbtp": 0],
            ["type": "saturation", "drive_db": -20], ["type": "convolution", "impulse": "one", "mix": 1],
            ["type": "gate", "threshold_db": -80, "look_ahead_ms": 11],
        ]
        let one = ImpulseResponse(sampleRate: 48_000, channels: [[1]])
        let output = try render(["effects": .array(effects)], [impulse(3000, at: 700, 0.5)], impulses: ["one": one])[0]
        #expect(output.count == 3000)
        #expect(output.indices.max { abs(output[$0]) < abs(output[$1]) } == 700)
    }
}
