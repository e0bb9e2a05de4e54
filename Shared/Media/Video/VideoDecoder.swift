import CLibAV

/// How a video is decoded.
package struct VideoDecoding: Sendable {
    /// Threads of the decoder.
    package var threads = 2
    /// Whether only key frames are decoded; the others are not even looked at.
    package var onlyKeyFrames = false
    /// Which frames the filter is run over that smooths the edges of blocks.
    package var loopFilter = LoopFilter.everywhere

    /// Without the filter decoding is faster and pictures a little rougher; what builds on such a picture inherits that.
    package enum LoopFilter: Sendable {
        case everywhere, referenceFrames, nowhere

        var skipped: AVDiscard {
            switch self {
            case .everywhere: AVDISCARD_DEFAULT
            case .referenceFrames: AVDISCARD_NONREF
            case .nowhere: AVDISCARD_ALL
            }
        }
    }

    package init() {}
}

/// Decodes one video stream of a file, frame by frame in the order of display.
package final class VideoDecoder {
    /// Damaged packets in a row before the file is given up.
    private static let damagedLimit = 200

    /// Packets that could not be decoded.
    package private(set) var damagedPackets = 0
    /// Seconds of the whole stream by the header; `nil` when unknown.
    package let duration: Double?
    /// Seconds from the start of the video to the last frame given.
    package private(set) var position = 0.0
    /// Of the frames: as far as the header tells, and whole from the first frame on.
    package private(set) var format: VideoFormat
    /// Degrees, clockwise, that players turn the picture by.
    package let rotation: Int
    /// How the colours are to be shown.
    package let color: MediaInfo.Color

    let reader: MediaReader
    let stream: UnsafeMutablePointer<AVStream>
    let codec: UnsafeMutablePointer<AVCodecContext>
    let packet: UnsafeMutablePointer<AVPacket>
    /// The stream's first time in its own unit.
    let start: Int64
    /// Seconds of the stream's unit.
    let unit: Double
    private var clock: ClockRepair
    private var count = 0
    private var isDraining = false
    /// Whether the place that was sought has yet to come to a key frame.
    private var isWaitingForKey = false
    private var damagedInARow = 0
    private var lastDamage: Int32 = 0

    init(
        reader: MediaReader, stream: UnsafeMutablePointer<AVStream>, decoding: VideoDecoding
    ) throws(MediaError) {
        (self.reader, self.stream) = (reader, stream)
        clock = ClockRepair(isDiscontinuous: reader.isDiscontinuous)
        guard let parameters = stream.pointee.codecpar, let decoder = avcodec_find_decoder(parameters.pointee.codec_id) else {
            throw .unsupported("the video codec \(String(cString: avcodec_get_name(stream.pointee.codecpar.pointee.codec_id)))")
        }
        duration = MediaInfo.duration(stream.pointee) ?? reader.info.duration
        let told = reader.info.video.first { $0.index == Int(stream.pointee.index) }
        rotation = told?.rotation ?? 0
        color = told?.color ?? MediaInfo.Color(space: nil, transfer: nil, primaries: nil, range: nil)
        start = stream.pointee.start_time == avs_no_pts ? 0 : stream.pointee.start_time
        unit = av_q2d(stream.pointee.time_base)
        guard let codec = avcodec_alloc_context3(decoder) else { throw .outOfMemory }
        guard let packet = av_packet_alloc() else {
            var codec: UnsafeMutablePointer<AVCodecContext>? = codec
            avcodec_free_context(&codec)
            throw .outOfMemory
        }
        (self.codec, self.packet) = (codec, packet)
        avcodec_parameters_to_context(codec, parameters)
        codec.pointee.pkt_timebase = stream.pointee.time_base
        codec.pointee.max_pixels = Int64(reader.limits.pixels)
        codec.pointee.thread_count = Int32(clamping: decoding.threads)
        if decoding.onlyKeyFrames { codec.pointee.skip_frame = AVDISCARD_NONKEY }
        codec.pointee.skip_loop_filter = decoding.loopFilter.skipped
        var options: OpaquePointer?
        av_dict_set(&options, "codec_whitelist", Formats.videoDecoderList, 0)
        let status = avcodec_open2(codec, decoder, &options)
        av_dict_free(&options)
        let rate = Ratio(av_guess_frame_rate(reader.context, stream, nil))
        format = VideoFormat(
            width: Int(parameters.pointee.width), height: Int(parameters.pointee.height),
            pixelAspect: Ratio(av_guess_sample_aspect_ratio(reader.context, stream, nil)),
            timeBase: Ratio(stream.pointee.time_base),
            frameRate: rate.isPositive ? rate : nil, pixelFormat: codec.pointee.pix_fmt.rawValue)
        // The second: its threads could not be started.
        if status == avs_error_no_memory || status == avs_error_again { throw .outOfMemory }
        guard status >= 0 else { throw .unsupported("the video codec \(String(cString: decoder.pointee.name))") }
        reader.keepOnly(stream, keyFrames: decoding.onlyKeyFrames)
    }

    deinit {
        var (codec, packet): (UnsafeMutablePointer<AVCodecContext>?, UnsafeMutablePointer<AVPacket>?) = (codec, packet)
        avcodec_free_context(&codec)
        av_packet_free(&packet)
    }

    /// The next frame. Where the clock jumps its time follows the last one's.
    /// - Returns: `nil` after the last one.
    /// - Throws: `MediaError`: `.noFrames` when there is not one frame, `.corrupt` when nothing can be decoded any more, `.io`,
    ///   `.cancelled`, `.limitExceeded`.
    package func next() throws(MediaError) -> VideoFrame? {
        if let frame = try nextUnplaced() { return try placed(frame, at: clock.time(told(frame), step: step)) }
        guard count > 0 else { throw noFrames }
        return nil
    }

    /// The next frame as the decoder gives it, its times in the stream's unit; `nil` after the last one.
    func nextUnplaced() throws(MediaError) -> UnsafeMutablePointer<AVFrame>? {
        while true {
            if let frame = try receive() { return frame }
            if isDraining { return nil }
            guard try readPacket() else {
                drain()
                continue
            }
            if isWaitingForKey, packet.pointee.flags & AV_PKT_FLAG_KEY == 0 { continue }
            isWaitingForKey = false
            try send()
        }
    }

    /// Whether there was a frame.
    var hasGiven: Bool { count > 0 }

    /// Why there is not one frame.
    var noFrames: MediaError { damagedPackets > 0 ? .corrupt(lastDamage) : .noFrames }

    /// Goes to the key frame at or before a time; the next frame is that one. Containers without a list of key frames land
    /// anywhere: what comes before the next key frame is passed over then, for some decoders make up the pictures that it builds on.
    /// - Parameters:
    ///   - seconds: from the start of the stream.
    ///   - needsKey: whether to pass over that; a stream may have no key frame at all.
    func seek(to seconds: Double, needsKey: Bool = true) throws(MediaError) {
        let status = av_seek_frame(
            reader.context, stream.pointee.index, start + Int64((seconds / unit).rounded(.down)), AVSEEK_FLAG_BACKWARD)
        guard status >= 0 else { throw reader.input.cause() ?? .corrupt(status) }
        restart()
        isWaitingForKey = needsKey
    }

    /// A frame that the decoder has ready, its times in the stream's unit; `nil` when it needs a packet, or was drained and is
    /// empty.
    func receive() throws(MediaError) -> UnsafeMutablePointer<AVFrame>? {
        guard let frame = av_frame_alloc() else { throw .outOfMemory }
        while true {
            let status = avcodec_receive_frame(codec, frame)
            if status >= 0 {
                damagedInARow = 0
                return frame
            }
            if status == avs_error_again || status == avs_error_eof {
                var owned: UnsafeMutablePointer<AVFrame>? = frame
                av_frame_free(&owned)
                return nil
            }
            do {
                try noteDamage(status)
            } catch {
                var owned: UnsafeMutablePointer<AVFrame>? = frame
                av_frame_free(&owned)
                throw error
            }
        }
    }

    /// A frame with its place: number and seconds. Its own time becomes one from the start of the stream.
    /// - Parameter seconds: from the start; `nil` takes what the frame tells.
    func placed(_ frame: UnsafeMutablePointer<AVFrame>, at seconds: Double? = nil) throws(MediaError) -> VideoFrame {
        // Where a frame has no time, it comes one frame after the last.
        position = max(0, seconds ?? told(frame) ?? (count == 0 ? 0 : position + step))
        frame.pointee.pts = Int64((position / unit).rounded())
        let placed = VideoFrame(taking: frame, index: count, time: position)
        if format.width == 0 || format.pixelFormat < 0 { format = format.with(placed) }
        count += 1
        try reader.limits.check(duration: position)
        return placed
    }

    /// Seconds of a frame from the start of the stream; `nil` when it tells none that can be.
    func told(_ frame: UnsafeMutablePointer<AVFrame>) -> Double? {
        let stamp = frame.pointee.best_effort_timestamp
        guard stamp != avs_no_pts else { return nil }
        let (ticks, isTooFar) = stamp.subtractingReportingOverflow(start)
        return isTooFar ? nil : Double(ticks) * unit
    }

    /// Seconds from one frame to the next where nothing tells.
    private var step: Double { format.frameRate.map { 1 / $0.value } ?? 0.04 }

    /// Reads the stream's next packet into `packet`.
    /// - Returns: false at the end of the file.
    func readPacket() throws(MediaError) -> Bool {
        while true {
            if Task.isCancelled { throw .cancelled }
            av_packet_unref(packet)
            let status = av_read_frame(reader.context, packet)
            guard status >= 0 else {
                if let cause = reader.input.cause() { throw cause }
                if status != avs_error_eof { damagedPackets += 1 }
                return false
            }
            if packet.pointee.stream_index == stream.pointee.index { return true }
        }
    }

    /// Gives the packet that was read to the decoder.
    func send() throws(MediaError) {
        let status = avcodec_send_packet(codec, packet)
        if status < 0 { try noteDamage(status) }
    }

    /// Tells the decoder that no packet follows.
    func drain() {
        isDraining = true
        avcodec_send_packet(codec, nil)
    }

    /// Makes a drained decoder take packets again, those of another place.
    func restart() {
        isDraining = false
        avcodec_flush_buffers(codec)
    }

    private func noteDamage(_ status: Int32) throws(MediaError) {
        if status == avs_error_no_memory { throw .outOfMemory }
        damagedPackets += 1
        damagedInARow += 1
        lastDamage = status
        if damagedInARow > Self.damagedLimit { throw .corrupt(status) }
    }
}
