import Glibc

/// Synthesised audio, the same each time.
enum Material: String, CaseIterable, Sendable {
    /// Chords of decaying harmonics over a drum of noise.
    case music
    /// A voiced source with a moving pitch through moving formants, with unvoiced sounds and pauses.
    case speech

    func make(seconds: Double, sampleRate: Int) -> [Float] {
        switch self {
        case .music: Self.makeMusic(Int(seconds * Double(sampleRate)), Float(sampleRate))
        case .speech: Self.makeSpeech(Int(seconds * Double(sampleRate)), Float(sampleRate))
        }
    }

    private static func makeMusic(_ count: Int, _ rate: Float) -> [Float] {
        var noise = Noise(seed: 5)
        var output = [Float](repeating: 0, count: count)
        let notes: [Float] = [110, 138.59, 164.81, 220, 246.94, 329.63, 415.3, 493.88]
        let length = Int(rate / 4)
        for start in stride(from: 0, to: count, by: length) {
            let beat = start / length
            let chord = [notes[beat % 8], notes[(beat * 3 + 2) % 8] * 2, notes[(beat * 5 + 4) % 8] * 2]
            for index in start..<min(count, start + length) {
                let time = Float(index - start) / rate
                output[index] = noise.next() * 0.12 * exp(-time * 12) + noise.next() * 0.01
            }
            for pitch in chord {
                addNote(pitch, from: start, rate, to: &output)
            }
        }
        return output
    }

    /// Harmonics by the recurrence of a rotating phasor.
    private static func addNote(_ pitch: Float, from start: Int, _ rate: Float, to output: inout [Float]) {
        let last = min(output.count, start + Int(rate * 0.5))
        for harmonic in 1...8 where pitch * Float(harmonic) < rate * 0.45 {
            let step = 2 * Float.pi * pitch * Float(harmonic) / rate
            let (turn, decay) = (2 * cos(step), exp(-3 * Float(harmonic) / rate))
            var (older, newer) = (Float(0), sin(step) * 0.1 / Float(harmonic))
            output.withUnsafeMutableBufferPointer { output in
                for index in start..<last {
                    output[index] += newer
                    (older, newer) = (newer, decay * (turn * newer - decay * older))
                }
            }
        }
    }

    private static func makeSpeech(_ count: Int, _ rate: Float) -> [Float] {
        var noise = Noise(seed: 9)
        var output = [Float](repeating: 0, count: count)
        var phase: Float = 0
        var memory = [(Float, Float)](repeating: (0, 0), count: 3)
        let vowels: [[Float]] = [[730, 1090, 2440], [270, 2290, 3010], [300, 870, 2240], [530, 1840, 2480]]
        for index in 0..<count {
            let time = Float(index) / rate
            let syllable = Int(time * 4.5)
            let within = time * 4.5 - Float(syllable)
            let isPause = syllable % 9 == 8
            let envelope = isPause ? 0.002 : sin(Float.pi * within)
            phase += (120 + 30 * sin(time * 1.7)) / rate
            let pulse: Float = phase >= 1 ? 1 : 0
            if phase >= 1 { phase -= 1 }
            let source = (within < 0.2 ? noise.next() * 0.3 : pulse + noise.next() * 0.03) * envelope
            for (number, formant) in vowels[syllable % 4].enumerated() where formant < rate * 0.45 {
                let radius: Float = 0.97
                let value =
                    source + 2 * radius * cos(2 * .pi * formant / rate) * memory[number].0
                    - radius * radius * memory[number].1
                memory[number] = (value, memory[number].0)
                output[index] += value * 0.1
            }
        }
        return output
    }
}

/// Uniform noise from -1 to 1 (a linear congruential generator).
struct Noise {
    private var state: UInt32

    init(seed: UInt32) { state = seed }

    mutating func next() -> Float {
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(Int32(bitPattern: state)) / 2_147_483_648
    }
}
