import CLibAV

/// Formats of single pictures.
package enum StillFormat: String, Sendable, CaseIterable {
    case jpeg, png, webp

    package var fileExtension: String { self == .jpeg ? "jpg" : rawValue }
    package var mediaType: String { "image/" + rawValue }
    /// The pixel format that its encoder takes, for a filter graph's last link.
    package var pixelFormatName: String {
        switch self {
        case .jpeg: "yuvj420p"
        case .png: "rgb24"
        case .webp: "yuv420p"
        }
    }
}

/// Encodes single pictures.
package struct StillEncoder: Sendable {
    package let format: StillFormat
    /// 1 (small) to 100 (best); PNG loses nothing at any.
    package let quality: Int

    package init(_ format: StillFormat, quality: Int) { (self.format, self.quality) = (format, quality) }

    /// - Parameter frame: in the format's own pixel format.
    /// - Returns: a whole file.
    /// - Throws: `MediaError.unsupported`, `.encoder`, `.outOfMemory`.
    package func encode(_ frame: VideoFrame) throws(MediaError) -> [UInt8] {
        let name = format == .jpeg ? "mjpeg" : format == .png ? "png" : "libwebp"
        guard let encoder = avcodec_find_encoder_by_name(name) else { throw .unsupported("the encoder \(name)") }
        guard let codec = avcodec_alloc_context3(encoder), let packet = av_packet_alloc() else { throw .outOfMemory }
        defer {
            var (codec, packet): (UnsafeMutablePointer<AVCodecContext>?, UnsafeMutablePointer<AVPacket>?) = (codec, packet)
            avcodec_free_context(&codec)
            av_packet_free(&packet)
        }
        codec.pointee.width = frame.frame.pointee.width
        codec.pointee.height = frame.frame.pointee.height
        codec.pointee.pix_fmt = AVPixelFormat(frame.frame.pointee.format)
        codec.pointee.time_base = AVRational(num: 1, den: 25)
        codec.pointee.thread_count = 1
        codec.pointee.color_range = frame.frame.pointee.color_range
        codec.pointee.flags |= AV_CODEC_FLAG_BITEXACT
        switch format {
        case .jpeg:
            // The encoder's scale: 2 is best, 31 worst.
            codec.pointee.flags |= AV_CODEC_FLAG_QSCALE
            codec.pointee.global_quality = Int32((2 + Double(100 - quality) * 29 / 99) * Double(avs_qp_to_lambda))
        case .png: codec.pointee.compression_level = 6
        case .webp: av_opt_set_double(codec.pointee.priv_data, "quality", Double(quality), 0)
        }
        try Self.check(avcodec_open2(codec, encoder, nil))
        frame.frame.pointee.quality = codec.pointee.global_quality
        frame.frame.pointee.pict_type = AV_PICTURE_TYPE_NONE
        frame.frame.pointee.pts = 0
        try Self.check(avcodec_send_frame(codec, frame.frame))
        try Self.check(avcodec_send_frame(codec, nil))
        try Self.check(avcodec_receive_packet(codec, packet))
        return [UInt8](UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
    }

    private static func check(_ status: Int32) throws(MediaError) {
        if status < 0 { throw .writing("the picture", status) }
    }
}
