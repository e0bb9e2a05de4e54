/// One pass over a file: its pictures and its sound in the order of their times, each decoded once, whoever takes them.
///
/// ```swift
/// let pass = try MediaPass(path: "film.mp4")
/// try pass.run { frame in … } onSound: { samples in … } progress: { fraction in … }
/// ```
///
/// Picture and sound are read apart, so that nothing waits in memory where a file holds one long before the other.
package final class MediaPass {
    /// `nil` when the file has none, or none was wanted.
    package let video: FrameSource?
    package let audio: SampleSource?
    private let start: Double

    /// - Parameters:
    ///   - path: of the file.
    ///   - wantsVideo: whether there has to be video; without it the file's video is left alone.
    ///   - wantsAudio: whether sound is decoded if there is any.
    ///   - start: seconds; pictures begin with the key frame at or before it, sound exactly there.
    /// - Throws: `MediaError`; `.noVideo`, `.noFrames`.
    package init(
        path: String, wantsVideo: Bool = true, wantsAudio: Bool = true, audioStream: Int? = nil,
        decoding: VideoDecoding = VideoDecoding(), from start: Double = 0
    ) throws(MediaError) {
        self.start = start
        video = wantsVideo ? try FrameSource(path: path, decoding: decoding, from: start) : nil
        var audio: SampleSource?
        if wantsAudio {
            do {
                audio = try SampleSource(path: path, stream: audioStream, from: start)
            } catch {
                // A stream without sound is no reason to lose the pictures.
                guard [.noAudio, .empty].contains(error), wantsVideo else { throw error }
            }
        }
        self.audio = audio
    }

    /// Seconds from second 0 to the end of the longer of both, by the header; `nil` when unknown.
    package var duration: Double? { [video?.duration, audio?.duration].compactMap { $0 }.max() }

    /// Goes through the file.
    /// - Parameters:
    ///   - end: seconds at which it may stop; `nil` goes to the end of the file.
    ///   - onFrame: takes each frame, its time from the file's second 0.
    ///   - onSound: takes the sound from `start` on, without gaps.
    ///   - progress: called with the fraction done, from 0 to 1, now and then.
    /// - Throws: `MediaError`; `.cancelled`; or what the closures throw.
    package func run(
        to end: Double? = nil, onFrame: (VideoFrame) throws -> Void, onSound: (AudioFrame) throws -> Void = { _ in },
        progress: (Double) -> Void = { _ in }
    ) throws {
        var (hasFrames, hasSound) = (video != nil, audio != nil)
        let length = (end ?? duration).map { $0 - start }
        while hasFrames || hasSound {
            let (seen, heard) = (video?.position ?? 0, audio?.position ?? 0)
            if hasFrames, !hasSound || seen <= heard {
                guard let frame = try video?.next(), frame.time < end ?? .infinity else {
                    hasFrames = false
                    continue
                }
                try onFrame(frame)
                if let length, length > 0 { progress(min(1, max(0, (frame.time - start) / length))) }
            } else {
                guard heard < end ?? .infinity, let samples = try audio?.next() else {
                    hasSound = false
                    continue
                }
                try onSound(samples)
                if let length, length > 0, video == nil { progress(min(1, max(0, (heard - start) / length))) }
            }
        }
        progress(1)
    }
}
