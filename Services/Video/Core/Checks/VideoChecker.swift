import Media
import Metering

/// Runs checks over a video, all in one decoding.
struct VideoChecker {
    private var pictureChecks: [any PictureCheck] = []
    private var soundChecks: [any SoundCheck] = []
    private let skipped: [VideoCheck]
    private let duration: DurationCheck?
    private let order: [VideoCheck]
    private let pass: MediaPass

    /// - Throws: `MediaError`, `LoudnessError`.
    init(path: String, _ checks: [VideoCheck], _ settings: ChecksOperation.Parameters) throws {
        order = checks
        pass = try MediaPass(
            path: path, wantsAudio: checks.contains { $0.isOfSound || $0 == .duration }, decoding: .analysis)
        guard let video = pass.video else { throw MediaError.noVideo }
        var skipped: [VideoCheck] = []
        for check in checks {
            switch check {
            case .black:
                pictureChecks.append(
                    BlackCheck(shortest: settings.blackSeconds, level: settings.blackLevel, part: settings.blackPart))
            case .freeze: pictureChecks.append(FreezeCheck(shortest: settings.freezeSeconds, noise: settings.freezeNoise))
            case .letterbox:
                pictureChecks.append(
                    LetterboxCheck(
                        shortest: settings.letterboxSeconds, level: settings.letterboxLevel, part: settings.letterboxPart,
                        rotation: video.rotation))
            case .flashes:
                pictureChecks.append(
                    FlashCheck(
                        .init(
                            flashes: settings.flashes, area: settings.flashArea,
                            thresholds: .init(change: Float(settings.flashChange), darkest: Float(settings.flashDarkest))),
                        scale: LightScale(transfer: video.color.transfer)))
            case .silence, .loudness:
                guard let format = pass.audio?.format else {
                    skipped.append(check)
                    continue
                }
                soundChecks.append(try Self.soundCheck(check, format, settings))
            case .duration: break
            }
        }
        self.skipped = skipped
        duration =
            checks.contains(.duration)
            ? DurationCheck(expected: settings.expectedSeconds, tolerance: settings.durationTolerance) : nil
    }

    private static func soundCheck(
        _ check: VideoCheck, _ format: AudioFormat, _ settings: ChecksOperation.Parameters
    ) throws(LoudnessError) -> any SoundCheck {
        if check == .silence {
            return SilenceCheck(shortest: settings.silenceSeconds, level: settings.silenceLevel, sampleRate: format.sampleRate)
        }
        let target = LoudnessCheck.Target(
            loudness: settings.loudness, tolerance: settings.loudnessTolerance, truePeak: settings.truePeak)
        return try LoudnessCheck(
            target, channels: format.channels, channelMask: format.channelMask, sampleRate: format.sampleRate)
    }

    /// - Parameter progress: called with the fraction done.
    /// - Returns: the results in the order of the checks, and the seconds and frames of the whole.
    /// - Throws: `MediaError`, `LoudnessError`.
    consuming func run(progress: (Double) -> Void) throws -> (results: [CheckResult], seconds: Double, frames: Int) {
        let converter = pass.audio.map { AudioConverter(to: $0.format.asFloat) }
        var (last, step, heard, frames) = (0.0, 0.04, 0, 0)
        if let rate = pass.video?.format.frameRate, rate.isPositive { step = 1 / rate.value }
        try pass.run(
            onFrame: { frame in
                (last, frames) = (max(last, frame.time), frames + 1)
                guard !pictureChecks.isEmpty else { return }
                let picture = try CheckPicture(frame)
                for index in pictureChecks.indices { pictureChecks[index].look(at: picture) }
            },
            onSound: { samples in
                heard += samples.frameCount
                guard !soundChecks.isEmpty, let converter else { return }
                let frame = try converter.convert(samples)
                let planes = (0..<frame.format.channels).map { UnsafeBufferPointer(frame.channel($0)) }
                for index in soundChecks.indices { try soundChecks[index].listen(to: planes) }
            }, progress: progress)
        let pictures = last + step
        let sound = pass.audio.map { Double(heard) / Double($0.format.sampleRate) }
        var results = skipped.map { CheckResult(skipped: $0) }
        for index in pictureChecks.indices { results.append(pictureChecks[index].finish(at: pictures)) }
        for index in soundChecks.indices { results.append(try soundChecks[index].finish()) }
        if let duration {
            results.append(duration.judge(pictures: pictures, sound: sound, container: pass.video?.info.duration))
        }
        let whole = max(pictures, sound ?? 0)
        return (order.compactMap { check in results.first { $0.check == check } }, whole, frames)
    }
}
