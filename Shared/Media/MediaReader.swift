import CLibAV
import Primitives

/// An opened file: what is in it, and its packets.
///
/// ```swift
/// let reader = try MediaReader(path: "talk.m4a")
/// let decoder = try reader.audioDecoder()
/// while let frame = try decoder.next() { … }
/// ```
package final class MediaReader {
    /// Bytes that may be read to find out what the streams are.
    private static let probeSize: Int64 = 5_000_000

    package let info: MediaInfo
    package let coverArt: CoverArt?
    let context: UnsafeMutablePointer<AVFormatContext>
    private let input: InputFile

    /// - Parameter path: of a regular file on this machine.
    /// - Throws: `MediaError`: `.empty`, `.notMedia`, `.limitExceeded`, `.io`.
    package init(path: String, limits: MediaLimits = MediaLimits()) throws(MediaError) {
        avs_quiet()
        input = try InputFile(path)
        guard let allocated = avformat_alloc_context() else { throw .io(avs_error_io) }
        allocated.pointee.pb = input.context
        allocated.pointee.max_streams = Int32(limits.streams)
        allocated.pointee.probesize = Self.probeSize
        var context: UnsafeMutablePointer<AVFormatContext>? = allocated
        var options: OpaquePointer?
        av_dict_set(&options, "format_whitelist", Formats.demuxers, 0)
        av_dict_set(&options, "protocol_whitelist", "none", 0)
        av_dict_set(&options, "max_pixels", "\(limits.pixels)", 0)
        defer { av_dict_free(&options) }
        // On failure the context is freed by the library.
        let status = avformat_open_input(&context, nil, nil, &options)
        guard status >= 0, let context else { throw .notMedia(status) }
        self.context = context
        var opened: UnsafeMutablePointer<AVFormatContext>? = context
        let found = Self.findStreams(context, limits)
        guard found >= 0 else {
            avformat_close_input(&opened)
            throw .notMedia(found)
        }
        do {
            try Self.check(context, limits)
        } catch {
            avformat_close_input(&opened)
            throw error
        }
        info = MediaInfo(context, size: input.size)
        coverArt = Self.coverArt(context, limits)
    }

    deinit {
        var opened: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&opened)
    }

    /// The stream that players choose.
    /// - Throws: `MediaError.noAudio`, `.unsupported`.
    package func audioDecoder() throws(MediaError) -> AudioDecoder {
        let index = av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        guard index >= 0, let stream = context.pointee.streams[Int(index)] else { throw .noAudio }
        return try AudioDecoder(reader: self, stream: stream)
    }

    private static func findStreams(_ context: UnsafeMutablePointer<AVFormatContext>, _ limits: MediaLimits) -> Int32 {
        // Decoders that run while streams are found obey the same limit of pixels.
        let count = Int(context.pointee.nb_streams)
        var options: [OpaquePointer?] = Array(repeating: nil, count: max(1, count))
        for index in 0..<count { av_dict_set(&options[index], "max_pixels", "\(limits.pixels)", 0) }
        defer { for index in 0..<count { av_dict_free(&options[index]) } }
        return avformat_find_stream_info(context, &options)
    }

    private static func check(_ context: UnsafeMutablePointer<AVFormatContext>, _ limits: MediaLimits) throws(MediaError) {
        guard context.pointee.nb_streams > 0 else { throw .notMedia(0) }
        for index in 0..<Int(context.pointee.nb_streams) {
            guard let parameters = context.pointee.streams[index]?.pointee.codecpar else { continue }
            if Int(parameters.pointee.width) * Int(parameters.pointee.height) > limits.pixels {
                throw .limitExceeded(
                    "a picture of \(parameters.pointee.width)×\(parameters.pointee.height) pixels is more than the studio opens")
            }
            if Int(parameters.pointee.ch_layout.nb_channels) > limits.channels {
                throw .limitExceeded(
                    "\(parameters.pointee.ch_layout.nb_channels) channels are more than the \(limits.channels) that the studio handles"
                )
            }
        }
    }

    private static func coverArt(_ context: UnsafeMutablePointer<AVFormatContext>, _ limits: MediaLimits) -> CoverArt? {
        for index in 0..<Int(context.pointee.nb_streams) {
            guard let stream = context.pointee.streams[index], stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0,
                let parameters = stream.pointee.codecpar, let data = stream.pointee.attached_pic.data,
                stream.pointee.attached_pic.size > 0, parameters.pointee.width > 0,
                Int64(stream.pointee.attached_pic.size) <= limits.coverArt.bytes
            else { continue }
            let type: String
            switch parameters.pointee.codec_id {
            case AV_CODEC_ID_MJPEG: type = "image/jpeg"
            case AV_CODEC_ID_PNG: type = "image/png"
            default: continue
            }
            let bytes = Bytes(UnsafeBufferPointer(start: data, count: Int(stream.pointee.attached_pic.size)))
            return CoverArt(
                bytes: bytes, mediaType: type, width: Int(parameters.pointee.width), height: Int(parameters.pointee.height))
        }
        return nil
    }
}
