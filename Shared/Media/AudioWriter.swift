import CLibAV

/// Encodes frames into a file. Frames of any rate, layout and sample format are converted as needed.
///
/// ```swift
/// let writer = try AudioWriter(path: "out.m4a", target: target)
/// while let frame = try decoder.next() { try writer.write(frame) }
/// try writer.finish()
/// ```
///
/// A writer that goes away before `finish` has succeeded takes its file with it.
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

    /// Creates the file, or empties it, and writes its header.
    /// - Throws: `MediaError`: `.unsupported`, `.encoder`, `.diskFull`, `.io`.
    package init(path: String, target: AudioTarget) throws(MediaError) {
        avs_quiet()
        self.target = target
        let encoding = try Encoding(target)
        guard let encoder = avcodec_find_encoder_by_name(encoding.encoder) else {
            throw .unsupported("the encoder \(encoding.encoder)")
        }
        inputFormat = AudioFormat(
            sampleRate: target.sampleRate, channels: target.channels, channelMask: target.channelMask,
            sampleFormat: encoding.sampleFormat)
        let isPacked = encoding.sampleFormat == AV_SAMPLE_FMT_S32 && target.dither != .none
        converter = AudioConverter(to: inputFormat, dither: target.dither, outputBits: isPacked ? target.bitDepth : 0)
        output = try OutputFile(path, isStreamed: target.isStreamed)
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        let status = avformat_alloc_output_context2(&allocated, nil, encoding.muxer, nil)
        guard status >= 0, let format = allocated else { throw .writing("the container \(encoding.muxer)", status) }
        guard let stream = avformat_new_stream(format, nil), let codec = avcodec_alloc_context3(encoder),
            let packet = av_packet_alloc()
        else {
            avformat_free_context(format)
            throw .outOfMemory
        }
        (self.format, self.codec, self.stream, self.packet) = (format, codec, stream, packet)
        output.attach(to: format)
        try open(encoder, encoding)
    }

    deinit {
        if fifo != nil { av_audio_fifo_free(fifo) }
        var (codec, packet): (UnsafeMutablePointer<AVCodecContext>?, UnsafeMutablePointer<AVPacket>?) = (codec, packet)
        avcodec_free_context(&codec)
        av_packet_free(&packet)
        avformat_free_context(format)
    }

    /// - Throws: `MediaError.encoder`, `.filter`, `.diskFull`, `.outOfMemory`.
    package func write(_ frame: AudioFrame) throws(MediaError) {
        let converted = try converter.convert(frame)
        guard converted.frameCount > 0 else { return }
        try take(converted)
    }

    /// Writes what is left and the trailer, and closes the file. Nothing can be written after it.
    /// - Throws: `MediaError.encoder`, `.diskFull`.
    package func finish() throws(MediaError) {
        if let rest = try converter.flush() { try take(rest) }
        if let fifo, av_audio_fifo_size(fifo) > 0 { try encode(fromFIFO: av_audio_fifo_size(fifo)) }
        try encode(nil)
        try check(av_write_trailer(format), "the end of the file")
        try output.finish()
    }

    private func open(_ encoder: UnsafePointer<AVCodec>, _ encoding: Encoding) throws(MediaError) {
        try encoding.configure(codec, target, inputFormat)
        if let flags = format.pointee.oformat?.pointee.flags, flags & AVFMT_GLOBALHEADER != 0 {
            codec.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        }
        if target.isBitExact { format.pointee.flags |= AVFMT_FLAG_BITEXACT }
        if target.isStreamed { format.pointee.flags |= AVFMT_FLAG_FLUSH_PACKETS }
        try check(avcodec_open2(codec, encoder, nil), "these settings of \(target.format.rawValue)")
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, codec), "the stream")
        stream.pointee.time_base = codec.pointee.time_base
        // PCM takes frames of any size; the others want their own, the last one excepted.
        if codec.pointee.frame_size > 0 {
            fifo = av_audio_fifo_alloc(codec.pointee.sample_fmt, Int32(target.channels), codec.pointee.frame_size * 2)
            guard fifo != nil else { throw .outOfMemory }
        }
        let pictures = try Metadata.apply(target, to: format, stream)
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        for (name, value) in encoding.muxerOptions(target) { av_dict_set(&options, name, value, 0) }
        // The header is known to fail for layouts and rates that the container can not hold.
        try check(avformat_write_header(format, &options), "the header of \(target.format.rawValue)")
        for picture in pictures { try write(picture) }
    }

    private func write(_ picture: PicturePacket) throws(MediaError) {
        try check(av_new_packet(packet, Int32(picture.bytes.count)), "the cover art")
        picture.bytes.withUnsafeBytes {
            UnsafeMutableRawPointer(packet.pointee.data).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
        packet.pointee.stream_index = picture.stream
        packet.pointee.flags |= AV_PKT_FLAG_KEY
        packet.pointee.pts = 0
        packet.pointee.dts = 0
        let status = av_write_frame(format, packet)
        av_packet_unref(packet)
        try check(status, "the cover art")
    }

    /// Cuts frames into the encoder's size.
    private func take(_ frame: AudioFrame) throws(MediaError) {
        guard let fifo else { return try encode(frame) }
        let size = codec.pointee.frame_size
        // A frame that fits goes in as it is.
        if av_audio_fifo_size(fifo) == 0, frame.frameCount == Int(size) { return try encode(frame) }
        let count = Int32(frame.frameCount)
        guard av_audio_fifo_write(fifo, frame.planes.assumingMemoryBound(to: UnsafeMutableRawPointer?.self), count) == count else {
            throw .outOfMemory
        }
        while av_audio_fifo_size(fifo) >= size { try encode(fromFIFO: size) }
    }

    private func encode(fromFIFO count: Int32) throws(MediaError) {
        let frame = try AudioFrame.allocate(inputFormat, Int(count))
        let got = av_audio_fifo_read(fifo, frame.planes.assumingMemoryBound(to: UnsafeMutableRawPointer?.self), count)
        guard got == count else { throw .encoder("the audio", got) }
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
            // Only one stream has a sequence of packets: nothing needs to be held back to interleave it.
            let written = av_write_frame(format, packet)
            av_packet_unref(packet)
            try check(written, "the audio")
        }
    }

    private func check(_ status: Int32, _ what: String) throws(MediaError) {
        if status < 0 || output.failure < 0 { throw .writing(what, output.failure < 0 ? output.failure : status) }
    }
}
