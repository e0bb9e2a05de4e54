import CLibAV

/// Decodes one audio stream of a file, frame by frame.
package final class AudioDecoder {
    /// Damaged packets in a row before the file is given up.
    private static let damagedLimit = 200

    package let format: AudioFormat
    /// Packets that could not be decoded.
    package private(set) var damagedPackets = 0
    /// Seconds decoded so far.
    package private(set) var position = 0.0
    /// Seconds of the whole stream by the header; `nil` when unknown.
    package let duration: Double?

    /// The stream's place in the file; see `MediaInfo.AudioStream.index`.
    package var streamIndex: Int { Int(stream.pointee.index) }

    private let reader: MediaReader
    private let stream: UnsafeMutablePointer<AVStream>
    private let codec: UnsafeMutablePointer<AVCodecContext>
    private let packet: UnsafeMutablePointer<AVPacket>
    private var isDraining = false
    private var damagedInARow = 0
    private var lastDamage: Int32 = 0

    init(reader: MediaReader, stream: UnsafeMutablePointer<AVStream>) throws(MediaError) {
        self.reader = reader
        self.stream = stream
        guard let parameters = stream.pointee.codecpar, let decoder = avcodec_find_decoder(parameters.pointee.codec_id) else {
            throw .unsupported("the audio codec")
        }
        guard parameters.pointee.sample_rate > 0, parameters.pointee.ch_layout.nb_channels > 0 else { throw .empty }
        guard let codec = avcodec_alloc_context3(decoder), let packet = av_packet_alloc() else { throw .io(avs_error_io) }
        self.codec = codec
        self.packet = packet
        avcodec_parameters_to_context(codec, parameters)
        codec.pointee.pkt_timebase = stream.pointee.time_base
        // One thread: audio decoders gain little, and jobs share the cores.
        codec.pointee.thread_count = 1
        duration = reader.info.audio.first { $0.index == Int(stream.pointee.index) }?.duration ?? reader.info.duration
        format = AudioFormat(
            sampleRate: Int(parameters.pointee.sample_rate), channels: Int(parameters.pointee.ch_layout.nb_channels),
            channelMask: avs_layout_mask(&parameters.pointee.ch_layout), sampleFormat: codec.pointee.sample_fmt)
        let status = avcodec_open2(codec, decoder, nil)
        guard status >= 0 else { throw .unsupported("the audio codec \(String(cString: decoder.pointee.name))") }
        for index in 0..<Int(reader.context.pointee.nb_streams) where index != Int(stream.pointee.index) {
            reader.context.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
        }
    }

    deinit {
        var (codec, packet): (UnsafeMutablePointer<AVCodecContext>?, UnsafeMutablePointer<AVPacket>?) = (codec, packet)
        avcodec_free_context(&codec)
        av_packet_free(&packet)
    }

    /// The next frame.
    /// - Returns: `nil` after the last one.
    /// - Throws: `MediaError`: `.empty` when there is not one frame, `.truncated` when the file ends well before its header says,
    ///   `.corrupt` when nothing can be decoded any more.
    package func next() throws(MediaError) -> AudioFrame? {
        guard let frame = av_frame_alloc() else { throw .io(avs_error_io) }
        var owned: UnsafeMutablePointer<AVFrame>? = frame
        while true {
            let status = avcodec_receive_frame(codec, frame)
            switch status {
            case 0...:
                damagedInARow = 0
                if frame.pointee.ch_layout.nb_channels == 0 {
                    format.withLayout { _ = av_channel_layout_copy(&frame.pointee.ch_layout, $0) }
                }
                if frame.pointee.sample_rate == 0 { frame.pointee.sample_rate = Int32(format.sampleRate) }
                position += Double(frame.pointee.nb_samples) / Double(frame.pointee.sample_rate)
                return AudioFrame(taking: frame)
            case avs_error_again:
                do { try feed() } catch {
                    av_frame_free(&owned)
                    throw error
                }
            case avs_error_eof:
                av_frame_free(&owned)
                try checkEnd()
                return nil
            default:
                do { try noteDamage(status) } catch {
                    av_frame_free(&owned)
                    throw error
                }
            }
        }
    }

    /// Goes to a time; the next frame begins at or before it.
    /// - Parameter seconds: from the start.
    package func seek(to seconds: Double) throws(MediaError) {
        let target = Int64(seconds / av_q2d(stream.pointee.time_base))
        let status = av_seek_frame(reader.context, stream.pointee.index, target, AVSEEK_FLAG_BACKWARD)
        guard status >= 0 else { throw .corrupt(status) }
        avcodec_flush_buffers(codec)
        isDraining = false
        position = seconds
    }

    /// Gives the decoder its next packet.
    private func feed() throws(MediaError) {
        guard !isDraining else { return }
        while true {
            let status = av_read_frame(reader.context, packet)
            guard status >= 0 else {
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
        damagedPackets += 1
        damagedInARow += 1
        lastDamage = status
        if damagedInARow > Self.damagedLimit { throw .corrupt(status) }
    }

    /// An uncompressed file that ends more than a second early, or nothing at all, is not a recording to go on with.
    private func checkEnd() throws(MediaError) {
        guard position > 0 else {
            throw damagedPackets > 0 ? .corrupt(lastDamage) : .empty
        }
        // A duration guessed from the bit rate proves nothing.
        let isGuess = reader.context.pointee.duration_estimation_method == AVFMT_DURATION_FROM_BITRATE
        if let duration, !isGuess, duration - position > max(1, duration * 0.02) { throw .truncated(atSeconds: position) }
    }
}
