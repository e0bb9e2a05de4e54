import CLibAV

extension VideoFrame {
    /// A picture of any pixel format, its samples not set.
    /// - Parameters:
    ///   - width: pixels, 1 or more; `height` likewise.
    ///   - pixelFormat: the format's name, for example `yuv420p`.
    ///   - color: what the picture says of its colours.
    /// - Throws: `MediaError.unsupported` for a format that is not known, `.outOfMemory`.
    package static func blank(width: Int, height: Int, pixelFormat: String, color: MediaInfo.Color) throws(MediaError) -> VideoFrame
    {
        let format = av_get_pix_fmt(pixelFormat)
        guard format != AV_PIX_FMT_NONE, width > 0, height > 0 else { throw .unsupported("the pixel format \(pixelFormat)") }
        guard let frame = av_frame_alloc() else { throw .outOfMemory }
        frame.pointee.width = Int32(clamping: width)
        frame.pointee.height = Int32(clamping: height)
        frame.pointee.format = format.rawValue
        frame.pointee.pts = 0
        frame.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
        if let name = color.space, av_color_space_from_name(name) >= 0 {
            frame.pointee.colorspace = AVColorSpace(UInt32(av_color_space_from_name(name)))
        }
        if let name = color.range, av_color_range_from_name(name) >= 0 {
            frame.pointee.color_range = AVColorRange(UInt32(av_color_range_from_name(name)))
        }
        guard av_frame_get_buffer(frame, 0) >= 0 else {
            var owned: UnsafeMutablePointer<AVFrame>? = frame
            av_frame_free(&owned)
            throw .outOfMemory
        }
        return VideoFrame(taking: frame, index: 0, time: 0)
    }

    /// Makes the samples the frame's own before they are changed: decoders, encoders and filters may share them.
    /// - Throws: `MediaError.outOfMemory`.
    package func makeWritable() throws(MediaError) {
        guard av_frame_make_writable(frame) >= 0 else { throw .outOfMemory }
    }

    /// Whether nobody else holds the samples.
    package var isWritable: Bool { av_frame_is_writable(frame) > 0 }
}

extension VideoFrame {
    /// What frames like this one have in common when they come at a constant rate.
    /// - Parameter frameRate: frames per second.
    package func format(frameRate: Ratio) -> VideoFormat {
        VideoFormat(
            width: width, height: height, pixelAspect: Ratio(1, 1), timeBase: Ratio(frameRate.denominator, frameRate.numerator),
            frameRate: frameRate, pixelFormat: frame.pointee.format)
    }
}

extension VideoFormat {
    /// Whether pictures can be seen through in places.
    package var hasAlpha: Bool {
        guard let description = av_pix_fmt_desc_get(AVPixelFormat(pixelFormat))?.pointee else { return false }
        return description.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0
    }
}
