import AudioEdit
import Media

/// A file with the gain of a levelling plan.
struct LevelledSource: SoundSource {
    let source: AudioSource
    let curve: GainCurve

    var seconds: Double? { source.seconds }

    func decode(to target: AudioFormat, progress: (Double) -> Void, _ body: (AudioFrame) throws -> Void) throws {
        var position = 0
        try source.decode(to: target, progress: progress) { frame in
            frame.makeWritable()
            curve.apply(to: (0..<target.channels).map(frame.channel), at: position)
            position += frame.frameCount
            try body(frame)
        }
    }
}
