import Media
import VideoText

/// Writes a timeline in one pass: sound is mixed block by block, and after each block come the frames that are seen during it.
final class Assembler {
    /// Bits per second of the sound.
    private static let soundRate = 192_000

    private let composition: Composition
    let plan: CompositionPlan
    private let inputs: [String: CompositionInput]
    private(set) var blended = 0
    private(set) var repeated = 0
    /// Seconds in which tracks were lowered.
    private(set) var duckedSeconds = 0.0
    private(set) var missing = MissingLetters()

    /// - Throws: `CompositionError`.
    init(_ composition: Composition, inputs: [String: CompositionInput]) throws(CompositionError) {
        (self.composition, self.inputs) = (composition, inputs)
        plan = try CompositionPlan(composition, inputs: inputs)
    }

    /// - Parameter progress: called with the fraction done.
    /// - Throws: `MediaError`, `TextError`, `CaptionFileError`, `CompositionError`.
    func run(to output: String, _ encoding: DrawnEncoding, progress: (Double) -> Void) throws {
        let canvas = composition.canvas
        let text = try composition.script(inputs).map {
            try TextRenderer(script: $0, width: canvas.width, height: canvas.height, colors: canvas.colors, chromaShifts: (1, 1))
        }
        let compositor = try Compositor(composition, plan: plan, inputs: inputs, text: text)
        var target = encoding.target()
        (target.color, target.frameRate) = (.canvas, canvas.frameRate)
        let writer = try MediaWriter(path: output, container: encoding.file)
        let format = try VideoFrame.blank(width: canvas.width, height: canvas.height, pixelFormat: "yuv420p", color: .canvas)
            .format(frameRate: canvas.frameRate)
        let video = try writer.addVideo(target, format: format)
        var written = 0
        func writeFrames(before end: Int) throws {
            while written < end {
                try Task.checkCancellation()
                try writer.write(compositor.frame(written), to: video)
                written += 1
                progress(Double(written) / Double(plan.frames))
            }
        }
        let sound = SoundPlan(composition, plan: plan, inputs: inputs)
        if !sound.tracks.isEmpty {
            let soundFormat: AudioFileFormat = encoding.file == .webm ? .opus : .aac
            var settings = AudioTarget(format: soundFormat, sampleRate: SoundPlan.sampleRate, channels: 2)
            settings.bitRate = Self.soundRate
            let audio = try writer.addAudio(settings)
            let mixer = Mixer(
                sound.tracks, lengths: sound.lengths, outputs: 2, sampleRate: SoundPlan.sampleRate, frames: sound.frames,
                ducking: Ducking())
            let mixed = AudioFormat.float(sampleRate: SoundPlan.sampleRate, channels: 2)
            var samples = 0
            try mixer.run(progress: { _ in }) { planes in
                let frame = AudioFrame(mixed, frameCount: planes[0].count)
                for (channel, plane) in planes.enumerated() { _ = frame.channel(channel).update(from: plane) }
                try writer.write(frame, to: audio)
                samples += planes[0].count
                try writeFrames(
                    before: min(plan.frames, samples * plan.rate.numerator / (plan.rate.denominator * SoundPlan.sampleRate)))
            }
            duckedSeconds = mixer.duckedSeconds
        }
        try writeFrames(before: plan.frames)
        try writer.finish()
        (blended, repeated) = (compositor.blended, compositor.repeated)
        if let text { missing = text.missingLetters }
    }
}
