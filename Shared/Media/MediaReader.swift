import CLibAV
import Primitives

/// An opened file: what is in it, and its packets.
///
/// ```swift
/// let reader = try MediaReader(path: "talk.m4a")
/// let decoder = try reader.audioDecoder()
/// while let frame = try decoder.next() { … }
/// ```
///
/// A reader has one decoder at a time: its packets can be taken once. Open the file again for another.
package final class MediaReader {
    /// Bytes that may be read to find out what the streams are.
    private static let probeSize: Int64 = 5_000_000
    /// Microseconds of media that may be read for it.
    private static let analyzeDuration: Int64 = 5_000_000
    /// Bytes of a packet of uncompressed audio: the demuxers' own 4096 cost a tenth more time.
    private static let uncompressedPacket = 1 << 15

    package let info: MediaInfo
    package let coverArt: CoverArt?
    let context: UnsafeMutablePointer<AVFormatContext>
    let input: InputFile
    let limits: MediaLimits

    /// - Parameters:
    ///   - path: of a regular file on this machine.
    ///   - limits: what the file may ask for.
    /// - Throws: `MediaError`: `.empty`, `.notMedia`, `.playlistRefused`, `.limitExceeded`, `.io`, `.cancelled`.
    package convenience init(path: String, limits: MediaLimits = MediaLimits()) throws(MediaError) {
        try self.init(InputFile(path: path), limits)
    }

    /// - Parameter descriptor: of a regular file, open for reading; it stays the caller's, its offset is left alone.
    /// - Throws: as `init(path:limits:)`.
    package convenience init(descriptor: Int32, limits: MediaLimits = MediaLimits()) throws(MediaError) {
        try self.init(InputFile(descriptor: descriptor), limits)
    }

    private init(_ input: InputFile, _ limits: MediaLimits) throws(MediaError) {
        avs_quiet()
        let demuxer = try Self.probe(input)
        let context = try Self.open(input, demuxer, limits)
        do {
            try Self.findStreams(context, input, limits)
            try limits.check(context)
            (coverArt, info) = (CoverArt(context, limits), MediaInfo(context, size: input.size))
        } catch {
            var opened: UnsafeMutablePointer<AVFormatContext>? = context
            avformat_close_input(&opened)
            throw error
        }
        (self.context, self.input, self.limits) = (context, input, limits)
    }

    deinit {
        var opened: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&opened)
    }

    /// A decoder for one of the audio streams.
    /// - Parameters:
    ///   - index: the stream's place in the file; `nil` takes the one that players choose.
    ///   - truncation: what happens when the file breaks off.
    /// - Throws: `MediaError.noAudio`, `.unsupported`, `.limitExceeded`, `.empty`.
    package func audioDecoder(stream index: Int? = nil, truncation: TruncationPolicy = .reject) throws(MediaError) -> AudioDecoder {
        let found = av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, Int32(clamping: index ?? -1), -1, nil, 0)
        guard found >= 0, let stream = context.pointee.streams[Int(found)] else { throw .noAudio }
        return try AudioDecoder(reader: self, stream: stream, truncation: truncation)
    }

    /// A decoder for the video stream that players choose; attached pictures are none.
    /// - Throws: `MediaError.noVideo`, `.unsupported`, `.empty`.
    package func videoDecoder(_ decoding: VideoDecoding = VideoDecoding()) throws(MediaError) -> VideoDecoder {
        try VideoDecoder(reader: self, stream: videoStream(), decoding: decoding)
    }

    /// - Throws: `MediaError.noVideo`.
    func videoStream() throws(MediaError) -> UnsafeMutablePointer<AVStream> {
        let found = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        guard found >= 0, let stream = context.pointee.streams[Int(found)],
            stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
        else { throw .noVideo }
        return stream
    }

    /// Seconds from the beginning of the first of picture and sound to that of a stream, 0 or more. A cover picture is no beginning.
    func offset(of stream: UnsafeMutablePointer<AVStream>) -> Double {
        func start(_ stream: AVStream) -> Double? {
            stream.start_time == avs_no_pts ? nil : Double(stream.start_time) * av_q2d(stream.time_base)
        }
        guard let own = start(stream.pointee) else { return 0 }
        let starts = (0..<Int(context.pointee.nb_streams)).compactMap { index -> Double? in
            guard let other = context.pointee.streams[index]?.pointee, let type = other.codecpar?.pointee.codec_type,
                type == AVMEDIA_TYPE_AUDIO || type == AVMEDIA_TYPE_VIDEO, other.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
            else { return nil }
            return start(other)
        }
        return own - min(own, starts.min() ?? own)
    }

    /// Has the demuxer leave out the packets of all other streams.
    func keepOnly(_ stream: UnsafeMutablePointer<AVStream>, keyFrames: Bool = false) {
        for index in 0..<Int(context.pointee.nb_streams) {
            context.pointee.streams[index]?.pointee.discard =
                index != Int(stream.pointee.index) ? AVDISCARD_ALL : keyFrames ? AVDISCARD_NONKEY : AVDISCARD_DEFAULT
        }
    }

    /// Tells the format by its content; the name is never looked at.
    private static func probe(_ input: InputFile) throws(MediaError) -> UnsafePointer<AVInputFormat> {
        var demuxer: UnsafePointer<AVInputFormat>?
        let status = av_probe_input_buffer2(input.context, &demuxer, "", nil, 0, 0)
        guard status >= 0, let demuxer, let text = demuxer.pointee.name else { throw input.cause() ?? .notMedia(status) }
        let name = String(cString: text)
        if let kind = Formats.playlistKind(name) { throw .playlistRefused(kind) }
        guard Formats.isAllowed(name) else { throw .notMedia(avs_error_invalid_data) }
        return demuxer
    }

    private static func open(
        _ input: InputFile, _ demuxer: UnsafePointer<AVInputFormat>, _ limits: MediaLimits
    ) throws(MediaError) -> UnsafeMutablePointer<AVFormatContext> {
        guard let allocated = avformat_alloc_context() else { throw .outOfMemory }
        allocated.pointee.pb = input.context
        // Nothing in the file can make the libraries open another one.
        allocated.pointee.io_open = { _, _, _, _, _ in avs_error_not_permitted }
        allocated.pointee.max_streams = Int32(limits.streams)
        allocated.pointee.probesize = probeSize
        allocated.pointee.max_analyze_duration = analyzeDuration
        var context: UnsafeMutablePointer<AVFormatContext>? = allocated
        var options: OpaquePointer?
        av_dict_set(&options, "format_whitelist", Formats.demuxerList, 0)
        av_dict_set(&options, "codec_whitelist", Formats.decoderList, 0)
        av_dict_set(&options, "protocol_whitelist", "none", 0)
        if ["wav", "w64"].contains(String(cString: demuxer.pointee.name)) {
            av_dict_set_int(&options, "max_size", Int64(uncompressedPacket), 0)
            // What looks like 16-bit samples may be DTS: half a megabyte tells, instead of all that `probeSize` allows.
            av_dict_set_int(&options, "max_probe_packets", 16, 0)
        }
        defer { av_dict_free(&options) }
        // On failure the context is freed by the library.
        let status = avformat_open_input(&context, "", demuxer, &options)
        guard status >= 0, let context else { throw input.cause() ?? .notMedia(status) }
        return context
    }

    private static func findStreams(
        _ context: UnsafeMutablePointer<AVFormatContext>, _ input: InputFile, _ limits: MediaLimits
    ) throws(MediaError) {
        CoverArt.describePictures(context)
        // Decoders that run while streams are found obey the limit of pixels. Streams that turn up later could not be told of it.
        if context.pointee.ctx_flags & AVFMTCTX_NOHEADER != 0 {
            av_opt_set(UnsafeMutableRawPointer(context), "codec_whitelist", Formats.audioDecoderList, 0)
        }
        let count = Int(context.pointee.nb_streams)
        var options: [OpaquePointer?] = Array(repeating: nil, count: max(1, count))
        for index in 0..<count { av_dict_set_int(&options[index], "max_pixels", Int64(limits.pixels), 0) }
        defer { for index in 0..<count { av_dict_free(&options[index]) } }
        let status = avformat_find_stream_info(context, &options)
        guard status >= 0 else { throw input.cause() ?? .notMedia(status) }
        if Task.isCancelled { throw .cancelled }
        guard context.pointee.nb_streams > 0 else { throw .notMedia(avs_error_invalid_data) }
    }
}
