import CLibAV

/// Encodes frames into a file. Frames of any rate, layout and sample format are converted as needed.
///
/// ```swift
/// let writer = try AudioWriter(path: "out.m4a", target: target)
/// while let frame = try decoder.next() { try writer.write(frame) }
/// try writer.finish()
/// ```
package final class AudioWriter {
    package let target: AudioTarget
    /// What frames should be to be written without conversion.
    package let inputFormat: AudioFormat
    /// Samples of each channel written so far.
    package private(set) var framesWritten: Int64 = 0

    private let output: OutputFile
    private let format: UnsafeMutablePointer<AVFormatContext>
    private let codec: UnsafeMutablePointer<AVCodecContext>
    private let stream: UnsafeMutablePointer<AVStream>
    private let packet: UnsafeMutablePointer<AVPacket>
    private let converter: AudioConverter
    private var fifo: OpaquePointer?

    /// Creates the file and writes its header.
    /// - Throws: `MediaError`: `.unsupported`, `.encoder`, `.diskFull`.
    package init(path: String, target: AudioTarget) throws(MediaError) {
        avs_quiet()
        self.target = target
        let encoding = try Encoding(target)
        guard let encoder = avcodec_find_encoder_by_name(encoding.encoder) else {
            throw .unsupported("the encoder \(encoding.encoder)")
        }
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        let status = avformat_alloc_output_context2(&allocated, nil, encoding.muxer, nil)
        guard status >= 0, let format = allocated, let stream = avformat_new_stream(format, nil),
            let codec = avcodec_alloc_context3(encoder), let packet = av_packet_alloc()
        else { throw .encoder("the container \(encoding.muxer)", status) }
        (self.format, self.codec, self.stream, self.packet) = (format, codec, stream, packet)
        inputFormat = AudioFormat(
            sampleRate: target.sampleRate, channels: target.channels, channelMask: target.channelMask,
            sampleFormat: encoding.sampleFormat)
        converter = AudioConverter(to: inputFormat, dither: target.dither)
        output = try OutputFile(path)
        format.pointee.pb = output.context
        // The MP4 muxer opens its own output a second time to move the index to the front.
        format.pointee.url = av_strdup(path)
        try open(encoder)
    }

    deinit {
        if fifo != nil { av_audio_fifo_free(fifo) }
        var (codec, packet): (UnsafeMutablePointer<AVCodecContext>?, UnsafeMutablePointer<AVPacket>?) = (codec, packet)
        avcodec_free_context(&codec)
        av_packet_free(&packet)
        avformat_free_context(format)
    }

    /// - Throws: `MediaError.encoder`, `.diskFull`.
    package func write(_ frame: AudioFrame) throws(MediaError) {
        let converted = try converter.convert(frame)
        guard converted.frameCount > 0 else { return }
        try take(converted)
    }

    /// Writes what is left and the trailer. Without it the file is not complete.
    /// - Throws: `MediaError.encoder`, `.diskFull`.
    package func finish() throws(MediaError) {
        if let rest = try converter.flush() { try take(rest) }
        if let fifo, av_audio_fifo_size(fifo) > 0 { try encode(fromFIFO: av_audio_fifo_size(fifo)) }
        try encode(nil)
        try check(av_write_trailer(format), "the end of the file")
        avio_flush(output.context)
        try check(output.failure, "the file")
    }

    private func open(_ encoder: UnsafePointer<AVCodec>) throws(MediaError) {
        codec.pointee.sample_fmt = inputFormat.avSampleFormat
        codec.pointee.sample_rate = Int32(target.sampleRate)
        inputFormat.withLayout { _ = av_channel_layout_copy(&codec.pointee.ch_layout, $0) }
        codec.pointee.time_base = AVRational(num: 1, den: Int32(target.sampleRate))
        codec.pointee.thread_count = 1
        switch target.format {
        case .wav: break
        case .flac:
            codec.pointee.compression_level = Int32(target.compressionLevel)
            if target.bitDepth == 24 { codec.pointee.bits_per_raw_sample = 24 }
        case .mp3, .aac, .ogg, .opus: codec.pointee.bit_rate = Int64(target.bitRate)
        }
        if let flags = format.pointee.oformat?.pointee.flags, flags & AVFMT_GLOBALHEADER != 0 {
            codec.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        }
        try check(avcodec_open2(codec, encoder, nil), "these settings of \(target.format.rawValue)")
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, codec), "the stream")
        stream.pointee.time_base = codec.pointee.time_base
        // PCM takes frames of any size; the others want their own, the last one excepted.
        if codec.pointee.frame_size > 0 {
            fifo = av_audio_fifo_alloc(codec.pointee.sample_fmt, Int32(target.channels), codec.pointee.frame_size * 2)
        }
        let pictures = try Metadata.apply(target, to: format, stream)
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        switch target.format {
        case .wav: av_dict_set(&options, "rf64", "auto", 0)
        case .aac: av_dict_set(&options, "movflags", "+faststart", 0)
        case .mp3: av_dict_set(&options, "id3v2_version", "3", 0)
        case .flac, .ogg, .opus: break
        }
        // The header is known to fail for layouts and rates that the container can not hold.
        try check(avformat_write_header(format, &options), "the header of \(target.format.rawValue)")
        for picture in pictures { try write(picture) }
    }

    private func write(_ picture: PicturePacket) throws(MediaError) {
        let status = av_new_packet(packet, Int32(picture.bytes.count))
        try check(status, "the cover art")
        picture.bytes.withUnsafeBytes {
            packet.pointee.data.update(from: $0.bindMemory(to: UInt8.self).baseAddress!, count: $0.count)
        }
        packet.pointee.stream_index = picture.stream
        packet.pointee.flags |= AV_PKT_FLAG_KEY
        packet.pointee.pts = 0
        packet.pointee.dts = 0
        try check(av_interleaved_write_frame(format, packet), "the cover art")
    }

    private func take(_ frame: AudioFrame) throws(MediaError) {
        guard let fifo else { return try encode(frame) }
        let count = Int32(frame.frameCount)
        let planes = UnsafeMutableRawPointer(frame.frame.pointee.extended_data).assumingMemoryBound(
            to: UnsafeMutableRawPointer?.self)
        guard av_audio_fifo_write(fifo, planes, count) == count else { throw .encoder("memory", avs_error_io) }
        let size = codec.pointee.frame_size
        while av_audio_fifo_size(fifo) >= size { try encode(fromFIFO: size) }
    }

    private func encode(fromFIFO count: Int32) throws(MediaError) {
        let frame = AudioFrame(inputFormat, frameCount: Int(count))
        let planes = UnsafeMutableRawPointer(frame.frame.pointee.extended_data).assumingMemoryBound(
            to: UnsafeMutableRawPointer?.self)
        guard av_audio_fifo_read(fifo, planes, count) == count else { throw .encoder("memory", avs_error_io) }
        try encode(frame)
    }

    /// - Parameter frame: `nil` gets out what the encoder still holds.
    private func encode(_ frame: AudioFrame?) throws(MediaError) {
        frame?.frame.pointee.pts = framesWritten
        framesWritten += Int64(frame?.frameCount ?? 0)
        try check(avcodec_send_frame(codec, frame?.frame), "the audio")
        while true {
            let status = avcodec_receive_packet(codec, packet)
            if status == avs_error_again || status == avs_error_eof { return }
            try check(status, "the audio")
            packet.pointee.stream_index = stream.pointee.index
            av_packet_rescale_ts(packet, codec.pointee.time_base, stream.pointee.time_base)
            try check(av_interleaved_write_frame(format, packet), "the audio")
        }
    }

    private func check(_ status: Int32, _ what: String) throws(MediaError) {
        if status < 0 || output.failure < 0 { throw .writing(what, output.failure < 0 ? output.failure : status) }
    }
}
