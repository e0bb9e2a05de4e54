import CLibAV

extension VideoFrame {
    /// A picture made of red, green and blue samples.
    /// - Parameters:
    ///   - width: pixels, 1 or more; `height` likewise.
    ///   - samples: red, green and blue of one pixel after the other, rows from the top; width × height × 3 bytes.
    /// - Throws: `MediaError.outOfMemory`, `.unsupported` when the samples are not as many.
    package static func picture(width: Int, height: Int, samples: [UInt8]) throws(MediaError) -> VideoFrame {
        guard width > 0, height > 0, samples.count == width * height * 3 else { throw .unsupported("a picture of this size") }
        guard let frame = av_frame_alloc() else { throw .outOfMemory }
        frame.pointee.width = Int32(clamping: width)
        frame.pointee.height = Int32(clamping: height)
        frame.pointee.format = AV_PIX_FMT_RGB24.rawValue
        frame.pointee.pts = 0
        let status = av_frame_get_buffer(frame, 0)
        guard status >= 0, let start = avs_plane(frame, 0) else {
            var owned: UnsafeMutablePointer<AVFrame>? = frame
            av_frame_free(&owned)
            throw .outOfMemory
        }
        samples.withUnsafeBufferPointer { samples in
            guard let source = samples.baseAddress else { return }
            for row in 0..<height {
                (start + row * Int(frame.pointee.linesize.0)).update(from: source + row * width * 3, count: width * 3)
            }
        }
        return VideoFrame(taking: frame, index: 0, time: 0)
    }

    /// The frame's own size and pixel format, with square pixels: for a filter graph that takes single pictures.
    package var pictureFormat: VideoFormat {
        VideoFormat(
            width: width, height: height, pixelAspect: Ratio(1, 1), timeBase: Ratio(1, 25), frameRate: nil,
            pixelFormat: frame.pointee.format)
    }
}
