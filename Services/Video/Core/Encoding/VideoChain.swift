import Media

/// The filters between a decoder and an encoder: upright pictures of square pixels in the size, rate and format that are wanted.
struct VideoChain: Sendable {
    enum Fields: String, CaseIterable, Sendable {
        /// Where frames say that they are made of two fields.
        case auto
        case on, off
    }

    /// In libavfilter's own form; empty when frames stay as they are.
    let description: String
    /// Of what comes out.
    let size: PictureSize
    let color: MediaInfo.Color
    let pixelFormat: String
    let isDeinterlaced: Bool
    let isToneMapped: Bool

    /// What is wanted of it.
    struct Wishes: Sendable {
        var width: Int?
        var height: Int?
        var fit = PictureFit.inside
        var enlarges = false
        /// Frames a second; `nil` leaves every frame its time.
        var frameRate: Ratio?
        var fields = Fields.auto
        /// Whether brightness beyond that of usual screens is brought down to them.
        var isStandardRange = false
        /// Filters on the upright picture, before it gets its size.
        var inner: [String] = []
        /// What these make of the picture's size.
        var innerSize: PictureSize?
        /// The sizes themselves, instead of what `width`, `height` and `fit` make of them.
        var shape: PictureShape?
        /// Of the clock: 2 shows twice as much in a second.
        var speed = 1.0
        /// Whether it is said how colours are coded where the source leaves that to the player.
        var tellsColor = false
    }

    /// Rows from which on video without a word about it is coded as high-definition television is.
    private static let highDefinition = 577

    init(_ source: FrameSource, codec: VideoCodec, _ wishes: Wishes) {
        let (format, isTurned) = (source.format, source.rotation % 180 != 0)
        let aspect = format.pixelAspect.isPositive ? format.pixelAspect.value : 1
        let upright = Self.shown(source)
        let shown = wishes.innerSize ?? upright
        let shape =
            wishes.shape
            ?? PictureShape(
                shown: shown, width: wishes.width, height: wishes.height, fit: wishes.fit, enlarges: wishes.enlarges)
        size = shape.result
        isDeinterlaced = wishes.fields == .on || wishes.fields == .auto && source.isInterlaced
        isToneMapped = source.color.isHighDynamicRange && wishes.isStandardRange
        pixelFormat = Self.pixelFormat(source, codec, isToneMapped: isToneMapped)
        var links: [String] = []
        if isDeinterlaced { links.append("bwdif=mode=send_frame:deint=\(wishes.fields == .on ? "all" : "interlaced")") }
        if wishes.speed != 1 { links.append("setpts=PTS/\(wishes.speed)") }
        // Frames that are left out need not be scaled.
        if let rate = wishes.frameRate { links.append("fps=\(rate.numerator)/\(rate.denominator)") }
        let turn = Self.turn(source.rotation)
        // Turning small pictures is cheaper than turning large ones, unless something has to be done to upright ones before.
        if !wishes.inner.isEmpty {
            if abs(aspect - 1) > 0.0001 { links.append(Self.scale(isTurned ? upright.turned : upright, source)) }
            links += turn + wishes.inner
            if shape.scaled != shown { links.append(Self.scale(shape.scaled, source)) }
        } else {
            let stored = isTurned ? shape.scaled.turned : shape.scaled
            if stored.width == format.width, stored.height == format.height {
            } else if abs(aspect - 1) <= 0.0001, (0...1).contains(format.width - stored.width),
                (0...1).contains(format.height - stored.height)
            {
                // One row or column less is cut off: scaling for its sake would blur the picture.
                links.append("crop=\(stored.width):\(stored.height):0:0")
            } else {
                links.append(Self.scale(stored, source))
            }
            links += turn
        }
        if isToneMapped {
            // See PictureChain for where this comes from.
            links += [
                "zscale=t=linear:npl=100", "format=gbrpf32le", "zscale=p=bt709", "tonemap=hable:desat=0",
                "zscale=t=bt709:m=bt709:r=tv",
            ]
        }
        links += shape.edges
        if format.pixelAspect.isPositive, abs(aspect - 1) > 0.0001 || !links.isEmpty { links.append("setsar=1") }
        if format.pixelFormatName != pixelFormat || isToneMapped { links.append("format=\(pixelFormat)") }
        description = links.joined(separator: ",")
        color =
            isToneMapped
            ? MediaInfo.Color(space: "bt709", transfer: "bt709", primaries: "bt709", range: "tv")
            : Self.color(source, size, pixelFormat, isTold: wishes.tellsColor)
    }

    /// The size that a video is shown with, in square pixels. Wide pixels widen it, narrow ones heighten it.
    static func shown(_ source: FrameSource) -> PictureSize {
        let format = source.format
        let aspect = format.pixelAspect.isPositive ? format.pixelAspect.value : 1
        let size = PictureSize(
            width: Int((Double(format.width) * max(1, aspect)).rounded()),
            height: Int((Double(format.height) * max(1, 1 / aspect)).rounded()))
        return source.rotation % 180 != 0 ? size.turned : size
    }

    private static func scale(_ size: PictureSize, _ source: FrameSource) -> String {
        "scale=\(size.width):\(size.height):flags=bicubic"
    }

    private static func turn(_ rotation: Int) -> [String] {
        switch rotation {
        case 90: ["transpose=clock"]
        case 180: ["hflip", "vflip"]
        case 270: ["transpose=cclock"]
        default: []
        }
    }

    /// Ten bits stay ten where the codec's players know them; full range stays full.
    private static func pixelFormat(_ source: FrameSource, _ codec: VideoCodec, isToneMapped: Bool) -> String {
        let name = source.format.pixelFormatName
        if !isToneMapped, codec != .h264, (source.format.bitDepth ?? 8) > 8 { return "yuv420p10le" }
        if name == "yuvj420p", codec == .h264 || codec == .h265 { return name }
        return "yuv420p"
    }

    /// What the source says; where it says nothing, what players would take for granted before the size has changed.
    private static func color(
        _ source: FrameSource, _ size: PictureSize, _ pixelFormat: String, isTold: Bool
    ) -> MediaInfo.Color {
        let own = source.color
        let wasRGB = source.format.isRGB
        let (before, after) = (min(source.format.width, source.format.height), min(size.width, size.height))
        let changes = (before >= highDefinition) != (after >= highDefinition)
        let usual = before >= highDefinition ? "bt709" : "smpte170m"
        // Red, green and blue become luma and chroma after BT.601, which is what the scaler does when told nothing.
        let space = wasRGB ? "smpte170m" : own.space ?? (changes || isTold ? usual : nil)
        let isConverted = source.format.pixelFormatName.hasPrefix("yuvj") && !pixelFormat.hasPrefix("yuvj")
        return MediaInfo.Color(
            space: space, transfer: own.transfer, primaries: own.primaries,
            range: wasRGB || isConverted ? "tv" : pixelFormat.hasPrefix("yuvj") ? "pc" : own.range)
    }
}

extension PictureSize {
    /// With width and height exchanged.
    var turned: PictureSize { PictureSize(width: height, height: width) }
}
