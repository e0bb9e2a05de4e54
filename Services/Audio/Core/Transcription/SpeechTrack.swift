import AudioEdit
import Jobs
import Media

/// Listens to sound of any format for speech as it streams by.
final class SpeechTrack {
    private let voice: VoiceActivity
    private let converter: AudioConverter
    private var waiting: [Float] = []
    private var probabilities: [Float] = []

    /// 16 kHz, one channel.
    static let format = AudioFormat.planar(sampleRate: VoiceActivity.sampleRate, channels: 1, channelMask: 0)

    init(_ voice: VoiceActivity) {
        self.voice = voice
        converter = AudioConverter(to: Self.format)
    }

    /// Takes the next frame.
    /// - Parameter body: called with its sound at 16 kHz and the probabilities of the blocks that are complete with it.
    /// - Throws: `MediaError`, `ModelError`, `AudioError.notFinite`, what `body` throws.
    func push(_ frame: AudioFrame, also body: (UnsafeBufferPointer<Float>, [Float]) throws -> Void = { _, _ in }) throws {
        let converted = try converter.convert(frame)
        if converted.frameCount > 0 { try take(converted.planes[0], body) }
    }

    /// Ends the sound; what is left of a block is heard with silence behind it.
    /// - Throws: as `push`.
    func finish(also body: (UnsafeBufferPointer<Float>, [Float]) throws -> Void = { _, _ in }) throws -> SpeechCurve {
        if let rest = try converter.flush(), rest.frameCount > 0 { try take(rest.planes[0], body) }
        if !waiting.isEmpty {
            let padded = waiting + [Float](repeating: 0, count: VoiceActivity.blockLength - waiting.count)
            try padded.withUnsafeBufferPointer { probabilities.append(try voice.probability($0)) }
        }
        return SpeechCurve(
            blockSeconds: Double(VoiceActivity.blockLength) / Double(VoiceActivity.sampleRate), probabilities: probabilities)
    }

    private func take(
        _ samples: UnsafeBufferPointer<Float>, _ body: (UnsafeBufferPointer<Float>, [Float]) throws -> Void
    ) throws {
        for sample in samples where !sample.isFinite { throw AudioError.notFinite }
        waiting += samples
        let (block, before) = (VoiceActivity.blockLength, probabilities.count)
        var used = 0
        while waiting.count - used >= block {
            let probability = try waiting.withUnsafeBufferPointer {
                try voice.probability(UnsafeBufferPointer(rebasing: $0[used..<used + block]))
            }
            probabilities.append(probability)
            used += block
        }
        waiting.removeFirst(used)
        try body(samples, Array(probabilities[before...]))
    }
}

extension JobContext {
    /// Something that tells speech; `nil` without an installed detector.
    /// - Throws: `AudioError`, `ModelError`.
    func speechTrack() throws -> SpeechTrack? {
        let registry = try models()
        guard registry.models.contains(where: { $0.task == .vad }) else { return nil }
        return try requiredSpeechTrack()
    }

    /// - Throws: `AudioError.modelMissing` without an installed detector, `ModelError`.
    func requiredSpeechTrack() throws -> SpeechTrack {
        let registry = try models()
        let model = try registry.model(for: .vad, fallback: "silero-vad")
        return SpeechTrack(try VoiceActivity(model, options: registry.options(keepsMemory: true)))
    }
}
