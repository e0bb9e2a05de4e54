import FoundationEssentials
import Glibc
import Primitives
import TestSupport

/// Invented music: a seed gives always the same tune of chords, a melody and a beat, and another seed another one.
struct Tune {
    static let rate = 11_025
    let samples: [Float]

    /// - Parameter seconds: whole ones.
    init(seed: UInt64, seconds: Int) {
        var random = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func choose(_ count: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % count
        }
        var samples = [Float](repeating: 0, count: seconds * Self.rate)
        let beat = Self.rate * 60 / (90 + choose(70))
        let scale = [0, 2, 3, 5, 7, 8, 10, 12, 14, 15]
        samples.withUnsafeMutableBufferPointer { samples in
            for start in stride(from: 0, to: samples.count, by: beat) {
                let root = scale[choose(7)]
                let notes = [root, root + 7, root + 12 + scale[choose(10)], root + 24 + scale[choose(10)], root + 24 + choose(12)]
                let length = min(beat * (1 + choose(3)), samples.count - start)
                for (voice, note) in notes.enumerated() {
                    let pitch = 82.4 * pow(2, Double(note) / 12)
                    // A damped oscillator by its recurrence y[n] = 2 r cos(w) y[n-1] - r² y[n-2], with an overtone beside it.
                    for (harmonic, level) in [(1.0, Float(0.09)), (2.0, 0.04), (3.0, Float(voice) * 0.01)] {
                        let damping = Float(exp(-2.5 / Double(Self.rate)))
                        let turn = 2 * Double.pi * pitch * harmonic / Double(Self.rate)
                        let (a, b) = (2 * damping * Float(cos(turn)), damping * damping)
                        var (last, before) = (Float(0), -level * Float(sin(turn)))
                        for index in start..<start + length {
                            let value = a * last - b * before
                            (before, last) = (last, value)
                            samples[index] += value
                        }
                    }
                }
                for index in start..<min(start + 350, samples.count) { samples[index] += Float(choose(2000) - 1000) * 0.00008 }
            }
        }
        self.samples = samples
    }

    /// 16-bit samples.
    var quantized: [Int16] { samples.map { Int16(max(-32_768, min(32_767, $0 * 32_768))) } }

    /// Writes a mono WAV file, or whatever ffmpeg makes of the samples.
    /// - Parameter options: of ffmpeg's output.
    func write(_ path: String, _ options: [String] = []) async throws {
        try quantized.withUnsafeBytes { try Data($0).write(to: URL(filePath: path + ".s16")) }
        let run = try await CommandRun.run(
            "ffmpeg",
            ["-v", "error", "-y", "-f", "s16le", "-ar", "\(Self.rate)", "-ac", "1", "-i", path + ".s16"] + options + [path])
        guard run.status == 0 else { throw TestStudio.Failure(message: run.errors) }
    }
}
