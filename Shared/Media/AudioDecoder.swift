import CLibAV

/// Decodes one audio stream of a file, frame by frame.
package final class AudioDecoder {
    /// Damaged packets in a row before the file is given up.
    private static let damagedLimit = 200
    /// Samples of one frame: more than any codec's, less than what would fill the memory.
    private static let frameLimit: Int64 = 1 << 22

    package let format: AudioFormat
    /// Packets that could not be decoded.
    package private(set) var damagedPackets = 0
    /// Seconds decoded so far.
    package private(set) var position = 0.0
    /// Seconds of the whole stream by the header; `nil` when unknown.
    package let duration: Double?
    /// Seconds from the beginning of the file, where the first of picture and sound begins, to the first sample. Exact after the
    /// first frame: before, an encoder's delay may count that is dropped.
    package private(set) var offset: Double
    /// Whether the file broke off; known after the last frame.
    package private(set) var isTruncated = false

    let reader: MediaReader
    let stream: UnsafeMutablePointer<AVStream>
    /// The time that was sought; what comes before it is dropped.
    var wanted: Double?
    private let codec: UnsafeMutablePointer<AVCodecContext>
    private let packet: UnsafeMutablePointer<AVPacket>
    private let truncation: TruncationPolicy
    private let check: TruncationCheck
    private var tail: GaplessTail?
    private var hasDecoded = false
    private var isDraining = false
    private var damagedInARow = 0
    private var lastDamage: Int32 = 0

    init(
        reader: MediaReader, stream: UnsafeMutablePointer<AVStream>, truncation: TruncationPolicy
    ) throws(MediaError) {
        (self.reader, self.stream, self.truncation) = (reader, stream, truncation)
        guard let parameters = stream.pointee.codecpar, let decoder = avcodec_find_decoder(parameters.pointee.codec_id) else {
            throw .unsupported("the audio codec \(String(cString: avcodec_get_name(stream.pointee.codecpar.pointee.codec_id)))")
        }
        guard parameters.pointee.sample_rate > 0, parameters.pointee.ch_layout.nb_channels > 0 else { throw .empty }
        offset = reader.offset(of: stream)
        duration = MediaInfo.duration(stream.pointee) ?? reader.info.duration
        if let duration { try reader.limits.check(duration: duration) }
        guard let codec = avcodec_alloc_context3(decoder) else { throw .outOfMemory }
        guard let packet = av_packet_alloc() else {
            var codec: UnsafeMutablePointer<AVCodecContext>? = codec
            avcodec_free_context(&codec)
            throw .outOfMemory
        }
        (self.codec, self.packet) = (codec, packet)
        check = TruncationCheck(reader.context, stream, reader.input, offset: offset)
        tail = GaplessTail(reader.context, stream)
        avcodec_parameters_to_context(codec, parameters)
        codec.pointee.pkt_timebase = stream.pointee.time_base
        codec.pointee.max_samples = Self.frameLimit
        // One thread: audio decoders gain little, and jobs share the cores.
        codec.pointee.thread_count = 1
        var options: OpaquePointer?
        av_dict_set(&options, "codec_whitelist", Formats.audioDecoderList, 0)
        let status = avcodec_open2(codec, decoder, &options)
        av_dict_free(&options)
        format = AudioFormat(
            sampleRate: Int(parameters.pointee.sample_rate), channels: Int(parameters.pointee.ch_layout.nb_channels),
            channelMask: avs_layout_mask(&parameters.pointee.ch_layout), sampleFormat: codec.pointee.sample_fmt)
        guard status >= 0 else { throw .unsupported("the audio codec \(String(cString: decoder.pointee.name))") }
        for index in 0..<Int(reader.context.pointee.nb_streams) {
            reader.context.pointee.streams[index]?.pointee.discard =
                index == Int(stream.pointee.index) ? AVDISCARD_DEFAULT : AVDISCARD_ALL
        }
    }

    deinit {
        var (codec, packet): (UnsafeMutablePointer<AVCodecContext>?, UnsafeMutablePointer<AVPacket>?) = (codec, packet)
        avcodec_free_context(&codec)
        av_packet_free(&packet)
    }

    /// The next frame.
    /// - Returns: `nil` after the last one.
    /// - Throws: `MediaError`: `.empty` when there is not one frame, `.truncated` when the file ends before its header says,
    ///   `.corrupt` when nothing can be decoded any more, `.io`, `.cancelled`, `.limitExceeded`.
    package func next() throws(MediaError) -> AudioFrame? {
        while true {
            guard let frame = try nextWhole() else {
                try checkEnd()
                return nil
            }
            guard let kept = try dropUnwanted(frame) else { continue }
            position += Double(kept.frameCount) / Double(kept.format.sampleRate)
            // The header may have lied.
            try reader.limits.check(duration: position)
            return kept
        }
    }

    /// The next frame with the encoder's padding at the end taken off.
    private func nextWhole() throws(MediaError) -> AudioFrame? {
        guard tail != nil else { return try decode() }
        return try tail?.next { () throws(MediaError) in try decode() }
    }

    private func decode() throws(MediaError) -> AudioFrame? {
        guard let frame = av_frame_alloc() else { throw .outOfMemory }
        var owned: UnsafeMutablePointer<AVFrame>? = frame
        do {
            while true {
                let status = avcodec_receive_frame(codec, frame)
                if status >= 0 { break }
                switch status {
                case avs_error_again: try feed()
                case avs_error_eof:
                    av_frame_free(&owned)
                    return nil
                default: try noteDamage(status)
                }
            }
            if !hasDecoded, wanted == nil, offset > 0 { noteStart(frame.pointee.best_effort_timestamp) }
            (damagedInARow, hasDecoded) = (0, true)
            try complete(frame)
        } catch {
            av_frame_free(&owned)
            throw error
        }
        return AudioFrame(taking: frame)
    }

    /// - Parameter time: of the first sample that is not dropped, in the stream's units.
    private func noteStart(_ time: Int64) {
        let start = stream.pointee.start_time
        guard time != avs_no_pts, start != avs_no_pts else { return }
        offset = max(0, offset + Double(time - start) * av_q2d(stream.pointee.time_base))
    }

    /// Fills in what some decoders leave out, and holds a change on the way against the limits.
    private func complete(_ frame: UnsafeMutablePointer<AVFrame>) throws(MediaError) {
        if frame.pointee.ch_layout.nb_channels == 0 {
            format.withLayout { _ = av_channel_layout_copy(&frame.pointee.ch_layout, $0) }
        }
        if frame.pointee.sample_rate == 0 { frame.pointee.sample_rate = Int32(format.sampleRate) }
        let (rate, channels) = (Int(frame.pointee.sample_rate), Int(frame.pointee.ch_layout.nb_channels))
        if rate != format.sampleRate || channels != format.channels {
            try reader.limits.check(sampleRate: rate, channels: channels)
        }
    }

    /// Gives the decoder its next packet.
    private func feed() throws(MediaError) {
        guard !isDraining else { return }
        while true {
            if Task.isCancelled { throw .cancelled }
            let status = av_read_frame(reader.context, packet)
            guard status >= 0 else {
                if let cause = reader.input.cause() { throw cause }
                // Some demuxers tell a broken end as damage: what came before still counts.
                if status != avs_error_eof { damagedPackets += 1 }
                isDraining = true
                avcodec_send_packet(codec, nil)
                return
            }
            defer { av_packet_unref(packet) }
            guard packet.pointee.stream_index == stream.pointee.index else { continue }
            let sent = avcodec_send_packet(codec, packet)
            if sent >= 0 { return }
            try noteDamage(sent)
        }
    }

    private func noteDamage(_ status: Int32) throws(MediaError) {
        if status == avs_error_no_memory { throw .outOfMemory }
        damagedPackets += 1
        damagedInARow += 1
        lastDamage = status
        if damagedInARow > Self.damagedLimit { throw .corrupt(status) }
    }

    private func checkEnd() throws(MediaError) {
        guard hasDecoded else { throw damagedPackets > 0 ? .corrupt(lastDamage) : .empty }
        isTruncated = check.isTruncated(at: position, inDamage: damagedInARow > 0, reader.input)
        if isTruncated, truncation == .reject { throw .truncated(atSeconds: position) }
    }

    /// Forgets what was decoded, so that it can go on elsewhere.
    func restart(at seconds: Double) {
        avcodec_flush_buffers(codec)
        tail?.reset()
        (isDraining, isTruncated, wanted, position) = (false, false, seconds, seconds)
    }
}
