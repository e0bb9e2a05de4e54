import AudioEffects
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct ChainPreviewTests {
    static let chains: [JSONValue] =
        samples.filter { !["pitch_shift", "time_stretch", "trim", "silence_removal"].contains(type($0)) }
        .map { chain($0) } + [
            chain(
                ["type": "gain", "automation": ["gain_db": [[0, -20], [0.2, 3]]]],
                ["type": "compressor", "threshold_db": -30, "release_ms": 20, "attack_ms": 2],
                ["type": "eq", "bands": [["frequency_hz": 500, "automation": ["gain_db": [[0.1, 0], [0.2, 12]]]]]],
                ["type": "reverb", "decay_seconds": 0.2, "pre_delay_ms": 2],
                ["type": "limiter", "ceiling_dbtp": -9, "release_ms": 5],
                ["type": "fade_out", "length_seconds": 0.1])
        ]

    /// The range of an input of `frames` rendered by a preview.
    func preview(_ document: JSONValue, _ input: [[Float]], _ range: Range<Int>) throws -> [[Float]] {
        let preview = try ChainPreview(
            EffectChain(document), of: range, sampleRate: 8000, channels: input.count,
            impulses: ["room": room(sampleRate: 8000)], totalFrames: input[0].count)
        var output = [[Float]](repeating: [], count: preview.outputChannels)
        func collect(_ block: PlanarBlock) {
            for channel in output.indices { output[channel] += block[channel] }
        }
        var frame = preview.firstInputFrame
        while !preview.isComplete, frame < input[0].count {
            let part = frame..<min(input[0].count, frame + 300)
            try input[0].withUnsafeBufferPointer { left in
                try input[1].withUnsafeBufferPointer { right in
                    try preview.process(
                        [UnsafeBufferPointer(rebasing: left[part]), UnsafeBufferPointer(rebasing: right[part])], emit: collect)
                }
            }
            frame = part.upperBound
        }
        try preview.finish(emit: collect)
        return output
    }

    @Test(arguments: chains.indices, [13_000..<13_500, 19_400..<20_000, 0..<300])
    func aRangeIsThatOfTheFullRun(_ index: Int, _ range: Range<Int>) throws {
        let input = [noise(20_000), noise(20_000, seed: 2)]
        let document = Self.chains[index]
        let full = try render(
            document, input, sampleRate: 8000, impulses: ["room": room(sampleRate: 8000)], totalFrames: 20_000)
        let part = try preview(document, input, range)
        #expect(difference(part, full.map { Array($0[range]) }) < 1e-3)
    }

    @Test func chainsThatChangeTimeStartAtTheBeginning() throws {
        let document = chain(["type": "trim", "start_seconds": 1])
        let input = [noise(20_000), noise(20_000, seed: 2)]
        #expect(try difference(preview(document, input, 500..<900), input.map { Array($0[8500..<8900]) }) == 0)
    }

    @Test func settlingTimeIsThatOfTheEffects() throws {
        let document = try EffectChain(chain(["type": "reverb", "decay_seconds": 2], ["type": "convolution", "impulse": "room"]))
        let long = ImpulseResponse(sampleRate: 48_000, channels: [.init(repeating: 0, count: 96_000)])
        #expect(document.prerollSeconds() > 2)
        #expect(document.prerollSeconds(impulses: ["room": long]) == document.prerollSeconds() + 2)
        #expect(try EffectChain(chain(["type": "gain"])).prerollSeconds() == 0)
    }
}
