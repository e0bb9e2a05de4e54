import CLibAV
import FoundationEssentials

/// Encodes pictures of one size into packets.
///
/// Frames are told apart by `VideoFrame.time`; one that is not later than the last is left out, since no file can hold it.
final class VideoEncoder {
    /// Frames that were encoded, and those that were left out.
    private(set) var framesWritten = 0
    private(set) var framesDropped = 0
    /// What encodes, as libavcodec names it.
    let name: String

    private let target: VideoTarget
    private let codec: UnsafeMutablePointer<AVCodecContext>
    private let packet: UnsafeMutablePointer<AVPacket>
    private let device: HardwareDevice?
    private var last: Int64?
    /// Ticks by which the first frame is off one.
    private var phase = 0.0
    private var statistics: [UInt8] = []
    /// What the second pass knows from the first, in the library's hands for as long as the encoder lives.
    private var measured: UnsafeMutablePointer<CChar>?

    /// - Parameters:
    ///   - format: of the frames; their pixel format has to be that of the target.
    ///   - needsGlobalHeader: whether the container wants the codec's header apart.
    /// - Throws: `MediaError.unsupported`, `.encoder`, `.io`, `.outOfMemory`.
    init(_ target: VideoTarget, format: VideoFormat, needsGlobalHeader: Bool) throws(MediaError) {
        avs_quiet()
        self.target = target
        let found = try HardwareDevice.choose(target, format)
        (name, device) = (found.encoder, found.device)
        guard let encoder = avcodec_find_encoder_by_name(name) else { throw .unsupported("the encoder \(name)") }
        guard let codec = avcodec_alloc_context3(encoder) else { throw .outOfMemory }
        guard let packet = av_packet_alloc() else {
            var codec: UnsafeMutablePointer<AVCodecContext>? = codec
            avcodec_free_context(&codec)
            throw .outOfMemory
        }
        (self.codec, self.packet) = (codec, packet)
        let settings = EncoderSettings(target: target, encoder: name, format: format)
        settings.configure(codec)
        if needsGlobalHeader { codec.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        try device?.attach(to: codec)
        if case .secondPass(_, let path) = target.rate, name == "libvpx-vp9" { try readStatistics(path) }
        for (name, value) in settings.options { av_opt_set(codec.pointee.priv_data, name, value, 0) }
        try check(avcodec_open2(codec, encoder, nil), "these settings of \(name)")
    }

    deinit {
        var (codec, packet): (UnsafeMutablePointer<AVCodecContext>?, UnsafeMutablePointer<AVPacket>?) = (codec, packet)
        codec?.pointee.stats_in = nil
        av_free(measured)
        avcodec_free_context(&codec)
        av_packet_free(&packet)
    }

    /// What the packets' times count in, seconds.
    var timeBase: AVRational { codec.pointee.time_base }
    /// What decoders have to know beforehand, as the encoder gives it.
    var header: [UInt8] {
        [UInt8](UnsafeBufferPointer(start: codec.pointee.extradata, count: max(0, Int(codec.pointee.extradata_size))))
    }
    /// Whether a graphics card does it.
    var isHardware: Bool { name != target.codec.softwareEncoder }

    /// Tells a file's stream what will come.
    /// - Parameter isForApple: whether the container is one of QuickTime's family, whose players want another name of H.265.
    /// - Throws: `MediaError.encoder`, `.outOfMemory`.
    func describe(_ stream: UnsafeMutablePointer<AVStream>, isForApple: Bool) throws(MediaError) {
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, codec), "the stream")
        stream.pointee.time_base = codec.pointee.time_base
        stream.pointee.avg_frame_rate = codec.pointee.framerate
        stream.pointee.sample_aspect_ratio = codec.pointee.sample_aspect_ratio
        // "hvc1": the headers are in the container alone.
        if isForApple, target.codec == .h265 { stream.pointee.codecpar.pointee.codec_tag = 0x3163_7668 }
        try target.mastering?.describe(stream)
    }

    /// - Parameter emit: takes the packets that are ready; they are used up when it returns.
    /// - Throws: `MediaError.encoder`, `.outOfMemory`, or what `emit` throws.
    func encode(
        _ frame: VideoFrame, _ emit: (UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Void
    ) throws(MediaError) {
        let unit = av_q2d(codec.pointee.time_base)
        // Where frames lie between two ticks, the first decides: rounding each would put two on one tick.
        if last == nil { phase = frame.time / unit - (frame.time / unit).rounded() }
        let time = Int64((frame.time / unit - phase).rounded())
        if let last, time <= last {
            framesDropped += 1
            return
        }
        // Another user of the picture may not see what is written into its frame here.
        guard let own = av_frame_clone(frame.frame) else { throw .outOfMemory }
        var owned: UnsafeMutablePointer<AVFrame>? = own
        defer { av_frame_free(&owned) }
        own.pointee.pts = time
        own.pointee.pict_type = isKeyFrameDue(time, unit) ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
        (last, framesWritten) = (time, framesWritten + 1)
        if let device {
            try device.upload(own) { frame throws(MediaError) in try send(frame, emit) }
        } else {
            try send(own, emit)
        }
    }

    /// Encodes what is left. Nothing can be encoded after it.
    /// - Throws: as `encode`; `.io`, `.diskFull` for what a first pass has measured.
    func finish(_ emit: (UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Void) throws(MediaError) {
        try send(nil, emit)
        guard case .firstPass(_, let path) = target.rate, name == "libvpx-vp9" else { return }
        do {
            try Data(statistics).write(to: URL(filePath: path))
        } catch {
            throw .io(avs_error_io)
        }
    }

    /// Whether a frame is the first at or after a multiple of `keyFrameEvery`.
    private func isKeyFrameDue(_ time: Int64, _ unit: Double) -> Bool {
        guard let every = target.keyFrameEvery, let last else { return last == nil }
        // Half a tick of grace: times are rounded.
        return ((Double(time) + 0.5) * unit / every).rounded(.down) > ((Double(last) + 0.5) * unit / every).rounded(.down)
    }

    private func send(
        _ frame: UnsafeMutablePointer<AVFrame>?, _ emit: (UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Void
    ) throws(MediaError) {
        try check(avcodec_send_frame(codec, frame), "the pictures")
        while true {
            let status = avcodec_receive_packet(codec, packet)
            if let text = codec.pointee.stats_out, target.isMeasuring, name == "libvpx-vp9" {
                statistics += UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
            }
            if status == avs_error_again || status == avs_error_eof { return }
            try check(status, "the pictures")
            defer { av_packet_unref(packet) }
            if !target.isMeasuring { try emit(packet) }
        }
    }

    private func readStatistics(_ path: String) throws(MediaError) {
        let bytes: Data
        do { bytes = try Data(contentsOf: URL(filePath: path)) } catch { throw .io(avs_error_io) }
        measured = bytes.withUnsafeBytes { av_strndup($0.baseAddress, $0.count) }
        guard measured != nil else { throw .outOfMemory }
        codec.pointee.stats_in = measured
    }

    private func check(_ status: Int32, _ what: String) throws(MediaError) {
        if status < 0 { throw .writing(what, status) }
    }
}
