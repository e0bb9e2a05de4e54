import CLibAV

/// What the libraries are told to encode as a `VideoTarget` asks.
struct EncoderSettings {
    let target: VideoTarget
    /// As libavcodec names it.
    let encoder: String
    let format: VideoFormat

    /// Sets an encoder up, ready to be opened.
    func configure(_ codec: UnsafeMutablePointer<AVCodecContext>) {
        codec.pointee.width = Int32(clamping: format.width)
        codec.pointee.height = Int32(clamping: format.height)
        codec.pointee.pix_fmt = AVPixelFormat(format.pixelFormat)
        codec.pointee.sample_aspect_ratio = (format.pixelAspect.isPositive ? format.pixelAspect : Ratio(1, 1)).rational
        let rate = target.frameRate ?? format.frameRate
        codec.pointee.time_base =
            target.frameRate.map { AVRational(num: Int32($0.denominator), den: Int32($0.numerator)) }
            ?? format.timeBase.rational
        if let rate { codec.pointee.framerate = rate.rational }
        codec.pointee.thread_count = Int32(clamping: target.threads)
        if target.isBitExact { codec.pointee.flags |= AV_CODEC_FLAG_BITEXACT }
        setColor(codec)
        if let longest = target.longestGroup {
            codec.pointee.gop_size = Int32(clamping: Int((longest * (rate?.value ?? 25)).rounded()))
        }
        if let highest = target.highestRate {
            codec.pointee.rc_max_rate = Int64(highest)
            codec.pointee.rc_buffer_size = Int32(clamping: target.rateBuffer ?? highest * 2)
        }
        switch target.rate {
        case .quality: codec.pointee.bit_rate = 0
        case .bitRate(let rate): codec.pointee.bit_rate = Int64(rate)
        case .firstPass(let rate, _):
            codec.pointee.bit_rate = Int64(rate)
            codec.pointee.flags |= AV_CODEC_FLAG_PASS1
        case .secondPass(let rate, _):
            codec.pointee.bit_rate = Int64(rate)
            codec.pointee.flags |= AV_CODEC_FLAG_PASS2
        }
    }

    private func setColor(_ codec: UnsafeMutablePointer<AVCodecContext>) {
        func number(_ name: String?, _ find: (String) -> Int32) -> UInt32? {
            name.map(find).flatMap { $0 >= 0 ? UInt32($0) : nil }
        }
        let color = target.color
        if let value = number(color.space, { av_color_space_from_name($0) }) { codec.pointee.colorspace = AVColorSpace(value) }
        if let value = number(color.transfer, { av_color_transfer_from_name($0) }) {
            codec.pointee.color_trc = AVColorTransferCharacteristic(value)
        }
        if let value = number(color.primaries, { av_color_primaries_from_name($0) }) {
            codec.pointee.color_primaries = AVColorPrimaries(value)
        }
        if let value = number(color.range, { av_color_range_from_name($0) }) { codec.pointee.color_range = AVColorRange(value) }
    }

    /// The options of the encoder itself.
    var options: [(name: String, value: String)] {
        switch encoder {
        case "libx264": x264
        case "libx265": x265
        case "libvpx-vp9": vp9
        case "libsvtav1": svt
        default: hardware
        }
    }

    private var quality: String? {
        if case .quality(let value) = target.rate { "\(value)" } else { nil }
    }

    /// Pixels of the frames that are looked ahead at most: each costs some four bytes in the encoders, and 17 of high definition
    /// leave a job under 400 MB.
    private static let lookaheadPixels = 36_000_000

    /// Frames to look ahead, where that is not the encoder's own number.
    /// - Parameter usual: the encoder's own.
    private func lookahead(usual: Int) -> Int? {
        let most = max(10, Self.lookaheadPixels / max(1, format.width * format.height))
        let wanted = target.lookahead ?? usual
        return wanted > most ? most : target.lookahead
    }

    private var x264: [(String, String)] {
        var options = [("preset", target.speed.rawValue), ("forced-idr", "1")]
        if let quality { options.append(("crf", quality)) }
        if let profile = target.profile { options.append(("profile", profile)) }
        if let level = target.level { options.append(("level", level)) }
        if let tune = target.tune { options.append(("tune", tune)) }
        if let identifier = target.parameterSet { options.append(("x264-params", "sps-id=\(identifier)")) }
        // Source: x264's presets, `x264 --fullhelp`.
        let usual = [0, 0, 10, 20, 30, 40, 50, 60, 60][target.speed.step]
        if let lookahead = lookahead(usual: usual) { options.append(("rc-lookahead", "\(lookahead)")) }
        switch target.rate {
        case .firstPass(_, let path), .secondPass(_, let path): options.append(("stats", path))
        case .quality, .bitRate: break
        }
        return options
    }

    private var x265: [(String, String)] {
        var parameters = "log-level=none"
        switch target.rate {
        case .firstPass(_, let path): parameters += ":pass=1:stats=" + path
        case .secondPass(_, let path): parameters += ":pass=2:stats=" + path
        case .quality, .bitRate: break
        }
        if let level = target.level { parameters += ":level-idc=" + level }
        // Source: x265's presets in its documentation. Its frames take twice what those of x264 take.
        let usual = [5, 10, 15, 15, 15, 20, 25, 40, 40][target.speed.step]
        if let lookahead = lookahead(usual: usual * 2) { parameters += ":rc-lookahead=\(max(5, lookahead / 2))" }
        if target.isBitExact { parameters += ":info=0" }
        if target.color.isHighDynamicRange { parameters += ":hdr10=1:repeat-headers=1" }
        parameters += target.mastering?.optionsOfX265 ?? ""
        var options = [("preset", target.speed.rawValue), ("forced-idr", "1"), ("x265-params", parameters)]
        if let quality { options.append(("crf", quality)) }
        if let profile = target.profile { options.append(("profile", profile)) }
        if let tune = target.tune { options.append(("tune", tune)) }
        return options
    }

    /// `cpu-used` goes to 5 with good quality, from 5 to 8 in real time.
    /// Source: webmproject.org, "Recommended Settings for VOD" (2017): row threads, one tile column per 256 to 512 pixels.
    private var vp9: [(String, String)] {
        let step = target.speed.step
        let columns = format.width >= 3840 ? 3 : format.width >= 1280 ? 2 : format.width >= 640 ? 1 : 0
        // What is measured by one pass is of use to the other only without haste.
        let isOnePass = if case .secondPass = target.rate { false } else { !target.isMeasuring }
        var options = [
            ("deadline", step < 3 && isOnePass ? "realtime" : "good"), ("cpu-used", "\(min(isOnePass ? 8 : 5, 8 - step))"),
            ("row-mt", "1"),
            ("tile-columns", "\(columns)"),
        ]
        if target.isMeasuring { options[1].1 = "4" }
        if let quality { options.append(("crf", quality)) }
        if let lookahead = target.lookahead { options.append(("lag-in-frames", "\(min(25, lookahead))")) }
        return options
    }

    private var svt: [(String, String)] {
        var options = [("preset", "\(max(2, 12 - target.speed.step))")]
        if let quality { options.append(("crf", quality)) }
        var parameters: [String] = []
        if let lookahead = target.lookahead { parameters.append("lookahead=\(lookahead)") }
        if let tune = target.tune { parameters.append("tune=" + tune) }
        if !parameters.isEmpty { options.append(("svtav1-params", parameters.joined(separator: ":"))) }
        return options
    }

    /// Graphics cards know their own constant qualities, on scales that are close to those of the libraries.
    private var hardware: [(String, String)] {
        guard let quality else { return [] }
        let whole = quality.prefix { $0 != "." }
        if encoder.hasSuffix("_nvenc") { return [("rc", "vbr"), ("cq", quality)] }
        if encoder.hasSuffix("_vaapi") { return [("rc_mode", "CQP"), ("qp", String(whole))] }
        return [("global_quality", String(whole))]
    }
}
