import CLibAV

/// The frames of a file's video by the clock that it shares with the file's sound: second 0 is where the first of both begins.
///
/// A clock that jumps is repaired, and the first frame is looked at before it is given, for it tells what headers do not.
package final class FrameSource {
    /// Of the frames.
    package let format: VideoFormat
    /// Frames a second where they come at one rate by the header; `nil` where it varies or is unknown.
    package let frameRate: Ratio?
    /// Degrees, clockwise, that players turn the picture by.
    package let rotation: Int
    package let color: MediaInfo.Color
    package let mastering: MasteringMetadata?
    /// Whether the frames are made of two fields.
    package let isInterlaced: Bool
    /// Seconds from second 0 to the end by the header; `nil` when unknown.
    package let duration: Double?
    package let info: MediaInfo
    /// Seconds of the last frame given.
    package private(set) var position = 0.0
    /// How often the clock jumped.
    package var clockJumps: Int { clock.jumps }
    /// Packets that could not be decoded.
    package var damagedPackets: Int { decoder.damagedPackets }

    private let decoder: VideoDecoder
    private let offset: Double
    private var clock: ClockRepair
    private var pending: UnsafeMutablePointer<AVFrame>?
    private var count = 0

    /// - Parameters:
    ///   - path: of the video.
    ///   - start: seconds; the first frame given is the last key frame that is not later.
    /// - Throws: `MediaError`; `.noVideo`, `.noFrames`.
    package init(
        path: String, decoding: VideoDecoding = VideoDecoding(), limits: MediaLimits = MediaLimits(), from start: Double = 0
    ) throws(MediaError) {
        let reader = try MediaReader(path: path, limits: limits)
        decoder = try reader.videoDecoder(decoding)
        info = reader.info
        let stream = decoder.stream
        let offset = Double(decoder.start) * decoder.unit - reader.origin
        self.offset = offset
        duration = decoder.duration.map { $0 + offset }
        clock = ClockRepair(isDiscontinuous: reader.isDiscontinuous)
        pending = start > offset ? try Self.seek(decoder, to: start - offset) : try decoder.nextUnplaced()
        guard let first = pending else { throw decoder.noFrames }
        (rotation, color) = (decoder.rotation, decoder.color.completed(by: first))
        mastering = MasteringMetadata(stream, first)
        isInterlaced = first.pointee.interlaced_frame != 0
        let (average, guessed) = (Ratio(stream.pointee.avg_frame_rate), Ratio(stream.pointee.r_frame_rate))
        let isConstant = average.isPositive && guessed.isPositive && abs(average.value / guessed.value - 1) < 0.01
        let rate = isConstant && (1...1000).contains(guessed.value) ? guessed : nil
        frameRate = rate
        let (told, seen) = (decoder.format, Ratio(first.pointee.sample_aspect_ratio))
        format = VideoFormat(
            width: Int(first.pointee.width), height: Int(first.pointee.height),
            pixelAspect: told.pixelAspect.isPositive ? told.pixelAspect : seen, timeBase: told.timeBase,
            frameRate: rate ?? told.frameRate, pixelFormat: first.pointee.format)
    }

    deinit { av_frame_free(&pending) }

    /// Goes to the last key frame that is not later than a time. Containers without a list of key frames land anywhere, so that
    /// the first frame that can be decoded may be later: then it goes further back.
    /// - Parameter seconds: from the start of the stream.
    private static func seek(
        _ decoder: VideoDecoder, to seconds: Double
    ) throws(MediaError) -> UnsafeMutablePointer<AVFrame>? {
        var back = 0.0
        while true {
            // Well before the start, where nothing can be passed over.
            let isLast = seconds - back < -2
            try decoder.seek(to: seconds - back, needsKey: !isLast)
            var found = try decoder.nextUnplaced()
            // Nothing that can be decoded behind the place is as much too late as a frame behind the time.
            let isEarly = found.map { (decoder.told($0) ?? 0) <= seconds + 0.001 } ?? false
            if isEarly || isLast { return found }
            av_frame_free(&found)
            back = back == 0 ? 3 : back * 4
        }
    }

    /// The next frame, whose time may not be later than the last one's in a damaged file.
    /// - Returns: `nil` after the last.
    /// - Throws: `MediaError`.
    package func next() throws(MediaError) -> VideoFrame? {
        let frame: UnsafeMutablePointer<AVFrame>
        if let waiting = pending {
            (frame, pending) = (waiting, nil)
        } else if let decoded = try decoder.nextUnplaced() {
            frame = decoded
        } else {
            return nil
        }
        let told = decoder.told(frame).map { $0 + offset }
        position = max(0, clock.time(told, step: format.frameRate.map { 1 / $0.value } ?? 0.04))
        frame.pointee.pts = Int64((position / format.timeBase.value).rounded())
        defer { count += 1 }
        let placed = VideoFrame(taking: frame, index: count, time: position)
        try decoder.reader.limits.check(duration: position)
        return placed
    }
}

extension MediaReader {
    /// Seconds that the file's own clock begins with.
    var origin: Double {
        context.pointee.start_time == avs_no_pts ? 0 : Double(context.pointee.start_time) / Double(avs_time_base)
    }

    /// Whether the container is known for clocks that jump.
    var isDiscontinuous: Bool { (context.pointee.iformat?.pointee.flags ?? 0) & AVFMT_TS_DISCONT != 0 }
}

extension MediaInfo.Color {
    /// With what a frame tells where the header does not.
    fileprivate func completed(by frame: UnsafeMutablePointer<AVFrame>) -> MediaInfo.Color {
        func name(_ told: String?, _ text: UnsafePointer<CChar>?) -> String? {
            told ?? text.map { String(cString: $0) }.flatMap { ["unknown", "unspecified", "reserved"].contains($0) ? nil : $0 }
        }
        return MediaInfo.Color(
            space: name(space, av_color_space_name(frame.pointee.colorspace)),
            transfer: name(transfer, av_color_transfer_name(frame.pointee.color_trc)),
            primaries: name(primaries, av_color_primaries_name(frame.pointee.color_primaries)),
            range: name(range, av_color_range_name(frame.pointee.color_range)))
    }
}
