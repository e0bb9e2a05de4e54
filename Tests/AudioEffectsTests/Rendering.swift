import AudioEffects
import Glibc
import Primitives

/// Runs a chain over audio.
/// - Parameter blocks: how many frames at a time, in turn.
func render(
    _ document: JSONValue, _ input: [[Float]], sampleRate: Double = 48_000, blocks: [Int] = [4096],
    impulses: [String: ImpulseResponse] = [:], totalFrames: Int? = nil
) throws -> [[Float]] {
    let processor = try ChainProcessor(
        EffectChain(document), sampleRate: sampleRate, channels: input.count, impulses: impulses, totalFrames: totalFrames)
    return try render(processor, input, blocks: blocks)
}

func render(_ processor: ChainProcessor, _ input: [[Float]], blocks: [Int] = [4096]) throws -> [[Float]] {
    var output = [[Float]](repeating: [], count: processor.outputChannels)
    func collect(_ block: PlanarBlock) {
        for channel in output.indices { output[channel] += block[channel] }
    }
    var (frame, turn) = (0, 0)
    while frame < input[0].count {
        let range = frame..<min(input[0].count, frame + blocks[turn % blocks.count])
        try withPlanes(input.map { $0[range] }[...], []) { try processor.process($0, emit: collect) }
        frame = range.upperBound
        turn += 1
    }
    try processor.finish(emit: collect)
    return output
}

private func withPlanes(
    _ channels: ArraySlice<ArraySlice<Float>>, _ planes: [UnsafeBufferPointer<Float>],
    _ body: ([UnsafeBufferPointer<Float>]) throws -> Void
) throws {
    guard let first = channels.first else { return try body(planes) }
    try first.withUnsafeBufferPointer { try withPlanes(channels.dropFirst(), planes + [$0], body) }
}

func chain(_ effects: JSONValue...) -> JSONValue { ["effects": .array(effects)] }

func sine(_ hertz: Double, amplitude: Double = 0.5, frames: Int, sampleRate: Double = 48_000, phase: Double = 0) -> [Float] {
    (0..<frames).map { Float(amplitude * sin(2 * .pi * hertz * Double($0) / sampleRate + phase)) }
}

/// White noise, the same at every call (a linear congruential generator by Knuth, MMIX).
func noise(_ frames: Int, amplitude: Float = 0.5, seed: UInt64 = 1) -> [Float] {
    var state = seed
    return (0..<frames).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Float(state >> 40) / 8_388_608 - 1) * amplitude
    }
}

func impulse(_ frames: Int, at frame: Int, _ value: Float = 1) -> [Float] {
    var samples = [Float](repeating: 0, count: frames)
    samples[frame] = value
    return samples
}

func decibels(_ ratio: Double) -> Double { 20 * log10(max(1e-12, ratio)) }

func peak(_ samples: some Sequence<Float>) -> Double { samples.reduce(0) { max($0, Double(abs($1))) } }

func rms(_ samples: some Collection<Float>) -> Double {
    (samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))).squareRoot()
}

/// The largest difference of two signals; infinite where their lengths differ.
func difference(_ a: [[Float]], _ b: [[Float]]) -> Double {
    guard a.count == b.count, zip(a, b).allSatisfy({ $0.count == $1.count }) else { return .infinity }
    return zip(a, b).reduce(0) { max($0, peak(zip($1.0, $1.1).lazy.map { $0 - $1 })) }
}

/// The magnitude of a signal's spectrum at a frequency.
func magnitude(_ samples: some Sequence<Float>, at hertz: Double, sampleRate: Double = 48_000) -> Double {
    let w = 2 * Double.pi * hertz / sampleRate
    var (re, im) = (0.0, 0.0)
    for (index, sample) in samples.enumerated() {
        re += Double(sample) * cos(w * Double(index))
        im -= Double(sample) * sin(w * Double(index))
    }
    return (re * re + im * im).squareRoot()
}

/// One document of each effect with every part of it at work.
let samples: [JSONValue] = [
    ["type": "gain", "gain_db": 2],
    ["type": "eq", "bands": [["type": "peak", "gain_db": 4], ["type": "high_pass", "frequency_hz": 60]]],
    ["type": "compressor", "threshold_db": -30, "look_ahead_ms": 5, "makeup_db": 3],
    ["type": "limiter", "ceiling_dbtp": -8, "gain_db": 3],
    ["type": "gate", "threshold_db": -20, "look_ahead_ms": 2],
    ["type": "deesser", "threshold_db": -40],
    ["type": "reverb", "decay_seconds": 0.3, "mix": 0.2],
    ["type": "convolution", "impulse": "room", "mix": 0.3],
    ["type": "delay", "time_ms": 20, "mix": 0.3],
    ["type": "chorus", "rate_hz": 5],
    ["type": "flanger", "rate_hz": 5, "mix": 0.4, "feedback": 0.3],
    ["type": "phaser", "rate_hz": 5, "mix": 0.4],
    ["type": "saturation", "curve": "tube"],
    ["type": "pitch_shift", "semitones": 4],
    ["type": "time_stretch", "duration_ratio": 1.25],
    ["type": "fade_in", "length_seconds": 0.02],
    ["type": "fade_out", "length_seconds": 0.02],
    ["type": "trim", "start_seconds": 0.01, "end_seconds": 0.06],
    ["type": "silence_removal", "minimum_seconds": 0.02, "keep_seconds": 0.005, "crossfade_ms": 2],
    ["type": "to_mono"],
    ["type": "to_stereo"],
    ["type": "width", "width": 1.5],
    ["type": "balance", "balance": 0.3],
    ["type": "swap_channels"],
    ["type": "invert_phase", "channels": "left"],
]

/// The name of an effect document.
func type(_ document: JSONValue) -> String { document["type"]?.stringValue ?? "" }

/// An impulse response for tests: decaying noise.
func room(_ frames: Int = 700, sampleRate: Double = 48_000, seed: UInt64 = 3) -> ImpulseResponse {
    let tail = noise(frames, amplitude: 1, seed: seed).enumerated().map { $1 * exp(-Float($0) / 150) }
    return ImpulseResponse(sampleRate: sampleRate, channels: [tail])
}
