import CLibAV
import Glibc

/// Decodes single pictures: JPEG, PNG and WebP.
package enum StillDecoder {
    /// Bytes of the largest file that is read.
    private static let largest: Int64 = 200_000_000

    /// Whether a file begins as one of the formats does.
    package static func isStill(path: String) -> Bool { (try? InputFile(path: path)).flatMap(codec) != nil }

    /// - Returns: the picture, upright, in the pixel format of its file.
    /// - Throws: `MediaError`: `.unsupported` for what is no picture, `.corrupt`, `.limitExceeded`, `.io`.
    package static func decode(path: String, limits: MediaLimits = MediaLimits()) throws(MediaError) -> VideoFrame {
        avs_quiet()
        let file = try InputFile(path: path)
        guard let name = codec(file), let decoder = avcodec_find_decoder_by_name(name) else {
            throw .unsupported("a picture that is neither JPEG nor PNG nor WebP")
        }
        guard file.size <= largest else { throw .limitExceeded("a picture of more than 200 MB is more than the studio opens") }
        guard let codec = avcodec_alloc_context3(decoder), let packet = av_packet_alloc(), let frame = av_frame_alloc() else {
            throw .outOfMemory
        }
        defer {
            var (codec, packet): (UnsafeMutablePointer<AVCodecContext>?, UnsafeMutablePointer<AVPacket>?) = (codec, packet)
            avcodec_free_context(&codec)
            av_packet_free(&packet)
        }
        codec.pointee.max_pixels = Int64(limits.pixels)
        codec.pointee.thread_count = 1
        let decoded = VideoFrame(taking: frame, index: 0, time: 0)
        guard avcodec_open2(codec, decoder, nil) >= 0 else { throw .unsupported("the picture codec \(name)") }
        let bytes = file.bytes(at: 0, count: Int(file.size))
        guard av_new_packet(packet, Int32(clamping: bytes.count)) >= 0 else { throw .outOfMemory }
        packet.pointee.data.update(from: bytes, count: bytes.count)
        var status = avcodec_send_packet(codec, packet)
        if status >= 0 { status = avcodec_send_packet(codec, nil) }
        if status >= 0 { status = avcodec_receive_frame(codec, frame) }
        guard status >= 0, frame.pointee.width > 0, frame.pointee.height > 0 else {
            let (width, height) = (Int(codec.pointee.width), Int(codec.pointee.height))
            guard width * height <= limits.pixels else {
                throw .limitExceeded("a picture of \(width)×\(height) pixels is more than the studio opens")
            }
            throw .corrupt(status)
        }
        frame.pointee.pts = 0
        return try upright(decoded)
    }

    /// The decoder for what the first bytes tell.
    private static func codec(_ file: InputFile) -> String? {
        let head = file.bytes(at: 0, count: 12)
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return "mjpeg" }
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "png" }
        if head.starts(with: [UInt8]("RIFF".utf8)), head.dropFirst(8).elementsEqual("WEBP".utf8) { return "webp" }
        return nil
    }

    /// The picture as the camera was held. Source: JEITA CP-3451, Exif, tag Orientation.
    private static func upright(_ frame: VideoFrame) throws(MediaError) -> VideoFrame {
        let tag = av_dict_get(frame.frame.pointee.metadata, "Orientation", nil, 0)
        let value = tag.map { String(cString: $0.pointee.value) } ?? ""
        let chain: String
        switch Int(value.filter(\.isNumber)) ?? 1 {
        case 2: chain = "hflip"
        case 3: chain = "hflip,vflip"
        case 4: chain = "vflip"
        case 5: chain = "transpose=cclock_flip"
        case 6: chain = "transpose=clock"
        case 7: chain = "transpose=clock_flip"
        case 8: chain = "transpose=cclock"
        default: return frame
        }
        return try VideoFilterGraph(chain, format: frame.pictureFormat).apply(frame)
    }
}
