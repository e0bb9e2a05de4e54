import CLibAV

/// The sound of a file by the clock that it shares with the file's video, without gaps: silence stands where none was recorded,
/// what would be heard twice is left out, and sound that runs slower or faster than its clock is stretched to it.
package final class SampleSource {
    /// Seconds that sound may be off its clock before it is set right at once, which is heard.
    private static let tolerance = 0.1
    /// Seconds that it may be off, frames on average, before it is stretched, and seconds at which that ends: clocks are rounded to
    /// a millisecond and more, and what is on time stays as it is, sample by sample.
    private static let (drift, straight) = (0.006, 0.001)
    /// Seconds over which what it is off is made up for, and over which that is averaged.
    private static let (stretch, average) = (1.0, 0.25)
    /// Seconds of silence that one frame holds.
    private static let silence = 0.5

    /// Of the frames.
    package let format: AudioFormat
    /// Seconds from second 0 to the end by the header; `nil` when unknown.
    package let duration: Double?
    /// Seconds from second 0 to the end of the last frame given.
    package var position: Double { start + Double(samples) / Double(format.sampleRate) }
    /// Seconds of silence that were put in, and of sound that was left out.
    package private(set) var filled = 0.0
    package private(set) var dropped = 0.0

    private let decoder: AudioDecoder
    private let converter: AudioConverter
    private let start: Double
    private let origin: Double
    private let unit: Double
    private var clock: ClockRepair
    private var samples: Int64 = 0
    private var gap: Int64 = 0
    /// Seconds that sound is off its clock, averaged, and whether it is being stretched.
    private var (lag, isStretched) = (0.0, false)
    private var pending: AudioFrame?
    /// Whether a sample was given: before the first, what is missing or too much is not heard.
    private var hasBegun = false
    private var hasEnded = false

    /// - Parameters:
    ///   - path: of the file.
    ///   - stream: its place in the file; `nil` takes the one that players choose.
    ///   - start: seconds; the first sample given is that of this time.
    /// - Throws: `MediaError`; `.noAudio`, `.empty`.
    package init(
        path: String, stream: Int? = nil, limits: MediaLimits = MediaLimits(), from start: Double = 0
    ) throws(MediaError) {
        let reader = try MediaReader(path: path, limits: limits)
        origin = reader.origin
        decoder = try reader.audioDecoder(stream: stream, truncation: .accept)
        format = decoder.format
        converter = AudioConverter(to: decoder.format)
        unit = av_q2d(decoder.stream.pointee.time_base)
        let first = decoder.stream.pointee.start_time
        let offset = first == avs_no_pts ? 0 : Double(first) * unit - origin
        duration = decoder.duration.map { $0 + offset }
        clock = ClockRepair(isDiscontinuous: reader.isDiscontinuous)
        self.start = start
        if start > offset {
            try decoder.seek(to: start - offset)
        } else {
            gap = Int64(((offset - start) * Double(format.sampleRate)).rounded())
        }
    }

    /// The next frame, all of one format.
    /// - Returns: `nil` after the last.
    /// - Throws: `MediaError`.
    package func next() throws(MediaError) -> AudioFrame? {
        while true {
            if gap > 0 { return try silentFrame() }
            if let frame = pending {
                pending = nil
                samples += Int64(frame.frameCount)
                return frame
            }
            guard !hasEnded else { return nil }
            guard let frame = try decoder.next() else {
                hasEnded = true
                pending = try converter.flush()
                continue
            }
            pending = try placed(frame)
        }
    }

    /// The frame as it follows the last one: cut at its beginning, or with a gap before it.
    private func placed(_ frame: AudioFrame) throws(MediaError) -> AudioFrame? {
        let rate = Double(format.sampleRate)
        let stamp = frame.frame.pointee.best_effort_timestamp
        guard stamp != avs_no_pts else {
            hasBegun = true
            let converted = try converter.convert(frame)
            return converted.frameCount > 0 ? converted : nil
        }
        let time = clock.time(Double(stamp) * unit - origin, step: Double(frame.frameCount) / Double(frame.format.sampleRate))
        let lead = time - position
        // Headers tell when the first packet begins, of which decoders drop what the encoder put before the sound.
        let limit = hasBegun ? Self.tolerance : 0
        if hasBegun { try follow(lead, frame) }
        let converted = try converter.convert(frame)
        if lead > limit {
            gap = Int64((lead * rate).rounded())
        } else if lead < -limit {
            let surplus = Int((-lead * rate).rounded())
            dropped += Double(min(surplus, converted.frameCount)) / rate
            guard surplus < converted.frameCount else { return nil }
            hasBegun = true
            return try converted.dropping(surplus)
        }
        hasBegun = true
        return converted.frameCount > 0 ? converted : nil
    }

    /// Stretches the sound while it is off its clock, by as much a second as it is off.
    /// - Parameters:
    ///   - lead: seconds that the clock is ahead.
    ///   - frame: what comes next.
    private func follow(_ lead: Double, _ frame: AudioFrame) throws(MediaError) {
        guard abs(lead) <= Self.tolerance else {
            lag = 0
            return
        }
        let seconds = Double(frame.frameCount) / Double(frame.format.sampleRate)
        lag += (lead - lag) * min(1, seconds / Self.average)
        guard isStretched || abs(lag) > Self.drift else { return }
        isStretched = abs(lag) > Self.straight
        let count = Int(Self.stretch * Double(format.sampleRate))
        try converter.stretch(by: isStretched ? Int(lag * Double(format.sampleRate)) : 0, over: count, frame.format)
    }

    private func silentFrame() throws(MediaError) -> AudioFrame {
        let count = min(gap, Int64(Self.silence * Double(format.sampleRate)))
        let frame = try AudioFrame.silence(format, frameCount: Int(count))
        (gap, samples) = (gap - count, samples + count)
        filled += Double(count) / Double(format.sampleRate)
        return frame
    }
}
