import CLibAV

// A frame has one user at a time: the decoder hands it over and keeps nothing.
/// One decoded picture, in the decoder's own pixel format.
package final class VideoFrame: @unchecked Sendable {
    let frame: UnsafeMutablePointer<AVFrame>
    /// Counted from 0 in the order of display.
    package let index: Int
    /// Seconds from the start of the video.
    package let time: Double
    package let isKeyFrame: Bool

    /// Takes over a frame that the libraries filled.
    init(taking frame: UnsafeMutablePointer<AVFrame>, index: Int, time: Double) {
        (self.frame, self.index, self.time) = (frame, index, time)
        isKeyFrame = frame.pointee.key_frame != 0
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&pointer)
    }

    /// Pixels.
    package var width: Int { Int(frame.pointee.width) }
    package var height: Int { Int(frame.pointee.height) }

    /// Whether it is made of two fields, which were taken one after the other.
    package var isInterlaced: Bool { frame.pointee.interlaced_frame != 0 }

    /// The same picture at another time; the samples are shared, not copied.
    /// - Parameters:
    ///   - seconds: from the start.
    ///   - timeBase: what the frame's own time counts in: that of the filter graph it goes to.
    /// - Throws: `MediaError.outOfMemory`.
    package func at(_ seconds: Double, timeBase: Ratio, index: Int? = nil) throws(MediaError) -> VideoFrame {
        guard let copy = av_frame_clone(frame) else { throw .outOfMemory }
        copy.pointee.pts = Int64((seconds / timeBase.value).rounded())
        return VideoFrame(taking: copy, index: index ?? self.index, time: seconds)
    }

    /// Where the samples of each component lie: luma and two of chroma, or green, blue and red as the format has them.
    /// - Returns: `nil` for formats without components of their own, such as palettes and pictures in a graphics card.
    package var components: PixelComponents? { PixelComponents(frame) }
}

/// How a picture's samples lie in memory.
package struct PixelComponents {
    /// One component: luma, a chroma difference or a colour.
    package struct Component {
        /// The first sample of the first row.
        package let start: UnsafePointer<UInt8>
        /// Bytes from one row to the next; negative for pictures that stand on their head.
        package let rowStride: Int
        /// Bytes from one sample to the next.
        package let step: Int
        /// Bits of a sample, and how far it is shifted up.
        package let depth: Int
        package let shift: Int
    }

    /// Three of colour; one of luma alone for grey pictures.
    package let all: [Component]
    /// How many luma samples share one of chroma, as powers of two.
    package let chromaShiftX: Int
    package let chromaShiftY: Int
    /// Whether the components are red, green and blue instead of luma and chroma.
    package let isRGB: Bool
    /// Whether 0 to 255 are all used, not 16 to 235.
    package let isFullRange: Bool

    fileprivate init?(_ frame: UnsafeMutablePointer<AVFrame>) {
        let format = AVPixelFormat(frame.pointee.format)
        guard let description = av_pix_fmt_desc_get(format)?.pointee, description.nb_components >= 1,
            description.flags
                & UInt64(
                    AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_BE
                        | AV_PIX_FMT_FLAG_FLOAT) == 0
        else { return nil }
        let layout = [description.comp.0, description.comp.1, description.comp.2]
        let strides = withUnsafeBytes(of: frame.pointee.linesize) { Array($0.bindMemory(to: Int32.self)) }
        var found: [Component] = []
        for component in layout.prefix(description.nb_components >= 3 ? 3 : 1) {
            guard let plane = avs_plane(frame, component.plane) else { return nil }
            found.append(
                Component(
                    start: UnsafePointer(plane + Int(component.offset)), rowStride: Int(strides[Int(component.plane)]),
                    step: Int(component.step), depth: Int(component.depth), shift: Int(component.shift)))
        }
        all = found
        (chromaShiftX, chromaShiftY) = (Int(description.log2_chroma_w), Int(description.log2_chroma_h))
        isRGB = description.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0
        isFullRange = frame.pointee.color_range == AVCOL_RANGE_JPEG || isRGB
    }
}
