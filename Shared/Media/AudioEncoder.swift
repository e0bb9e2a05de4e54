import CLibAV

/// Encodes frames into packets. Frames of any rate, layout and sample format are converted as needed, and cut into the size that
/// the codec wants.
final class AudioEncoder {
    /// What frames should be to be encoded without conversion.
    let inputFormat: AudioFormat
    /// Samples of each channel encoded so far.
    private(set) var framesWritten: Int64 = 0
    /// Samples that were above full scale where the codec takes integers, which hold none above it.
    private(set) var clippedSamples = 0

    /// Full scale is 1; 24 bits taken for floats are below it. Codecs square samples and end the process on what overflows.
    private static let highestSample = 16_777_216.0

    private let target: AudioTarget
    private let codec: UnsafeMutablePointer<AVCodecContext>
    private let packet: UnsafeMutablePointer<AVPacket>
    private let converter: AudioConverter
    private var fifo: OpaquePointer?

    /// - Parameter format: of the file that the packets will go to; it decides where the codec's header has to be.
    /// - Throws: `MediaError.unsupported`, `.encoder`, `.outOfMemory`.
    init(_ target: AudioTarget, _ encoding: Encoding, for format: UnsafeMutablePointer<AVFormatContext>) throws(MediaError) {
        self.target = target
        guard let encoder = avcodec_find_encoder_by_name(encoding.encoder) else {
            throw .unsupported("the encoder \(encoding.encoder)")
        }
        inputFormat = AudioFormat(
            sampleRate: target.sampleRate, channels: target.channels, channelMask: target.channelMask,
            sampleFormat: encoding.sampleFormat)
        let isPacked = encoding.sampleFormat == AV_SAMPLE_FMT_S32 && target.dither != .none
        converter = AudioConverter(to: inputFormat, dither: target.dither, outputBits: isPacked ? target.bitDepth : 0)
        guard let codec = avcodec_alloc_context3(encoder) else { throw .outOfMemory }
        guard let packet = av_packet_alloc() else {
            var codec: UnsafeMutablePointer<AVCodecContext>? = codec
            avcodec_free_context(&codec)
            throw .outOfMemory
        }
        (self.codec, self.packet) = (codec, packet)
        try encoding.configure(codec, target, inputFormat)
        if let flags = format.pointee.oformat?.pointee.flags, flags & AVFMT_GLOBALHEADER != 0 {
            codec.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        }
        try check(avcodec_open2(codec, encoder, nil), "these settings of \(target.format.rawValue)")
        // PCM takes frames of any size; the others want their own, the last one excepted.
        guard codec.pointee.frame_size > 0 else { return }
        fifo = av_audio_fifo_alloc(codec.pointee.sample_fmt, Int32(target.channels), codec.pointee.frame_size * 2)
        guard fifo != nil else { throw .outOfMemory }
    }

    deinit {
        if fifo != nil { av_audio_fifo_free(fifo) }
        var (codec, packet): (UnsafeMutablePointer<AVCodecContext>?, UnsafeMutablePointer<AVPacket>?) = (codec, packet)
        avcodec_free_context(&codec)
        av_packet_free(&packet)
    }

    /// What the packets' times count in, seconds.
    var timeBase: AVRational { codec.pointee.time_base }

    /// Tells a file's stream what will come.
    /// - Throws: `MediaError.encoder`.
    func describe(_ stream: UnsafeMutablePointer<AVStream>) throws(MediaError) {
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, codec), "the stream")
        stream.pointee.time_base = codec.pointee.time_base
    }

    /// - Parameter emit: takes the packets that are ready; they are used up when it returns.
    /// - Throws: `MediaError.notFinite`, `.encoder`, `.filter`, `.outOfMemory`, or what `emit` throws.
    func encode(
        _ frame: AudioFrame, _ emit: (UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Void
    ) throws(MediaError) {
        guard frame.isWithin(fifo == nil ? nil : Self.highestSample) else { throw .notFinite }
        if target.isInteger { clippedSamples += frame.samplesAboveFullScale }
        let converted = try converter.convert(frame)
        if converted.frameCount > 0 { try take(converted, emit) }
    }

    /// Encodes what is left. Nothing can be encoded after it.
    /// - Throws: as `encode`.
    func finish(_ emit: (UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Void) throws(MediaError) {
        if let rest = try converter.flush() { try take(rest, emit) }
        if let fifo, av_audio_fifo_size(fifo) > 0 { try send(fromFIFO: av_audio_fifo_size(fifo), emit) }
        try send(nil, emit)
    }

    /// Cuts frames into the encoder's size.
    private func take(
        _ frame: AudioFrame, _ emit: (UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Void
    ) throws(MediaError) {
        guard let fifo else { return try send(frame, emit) }
        let size = codec.pointee.frame_size
        // A frame that fits goes in as it is.
        if av_audio_fifo_size(fifo) == 0, frame.frameCount == Int(size) { return try send(frame, emit) }
        let count = Int32(frame.frameCount)
        guard av_audio_fifo_write(fifo, frame.planes.assumingMemoryBound(to: UnsafeMutableRawPointer?.self), count) == count else {
            throw .outOfMemory
        }
        while av_audio_fifo_size(fifo) >= size { try send(fromFIFO: size, emit) }
    }

    private func send(
        fromFIFO count: Int32, _ emit: (UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Void
    ) throws(MediaError) {
        let frame = try AudioFrame.allocate(inputFormat, Int(count))
        let got = av_audio_fifo_read(fifo, frame.planes.assumingMemoryBound(to: UnsafeMutableRawPointer?.self), count)
        guard got == count else { throw .encoder("the audio", got) }
        try send(frame, emit)
    }

    /// - Parameter frame: `nil` gets out what the encoder still holds.
    private func send(
        _ frame: AudioFrame?, _ emit: (UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Void
    ) throws(MediaError) {
        frame?.frame.pointee.pts = framesWritten
        framesWritten += Int64(frame?.frameCount ?? 0)
        try check(avcodec_send_frame(codec, frame?.frame), "the audio")
        while true {
            let status = avcodec_receive_packet(codec, packet)
            if status == avs_error_again || status == avs_error_eof { return }
            try check(status, "the audio")
            defer { av_packet_unref(packet) }
            try emit(packet)
        }
    }

    private func check(_ status: Int32, _ what: String) throws(MediaError) {
        if status < 0 { throw .writing(what, status) }
    }
}
