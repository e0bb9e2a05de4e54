import CLibAV

/// A graphics card that encodes pictures out of its own memory (VA-API). Others, of NVIDIA and Intel, take them from the
/// machine's and need no device of their own.
final class HardwareDevice {
    /// What comes before the codec's name in the libraries' encoders, in the order of trial.
    private static let kinds = ["nvenc", "qsv", "vaapi"]

    private let device: UnsafeMutablePointer<AVBufferRef>
    private let frames: UnsafeMutablePointer<AVBufferRef>

    /// Opens the card and makes room for pictures on it.
    private init?(_ format: VideoFormat, isDeep: Bool) {
        var created: UnsafeMutablePointer<AVBufferRef>?
        guard av_hwdevice_ctx_create(&created, AV_HWDEVICE_TYPE_VAAPI, nil, nil, 0) >= 0, let device = created else { return nil }
        guard let frames = av_hwframe_ctx_alloc(device) else {
            av_buffer_unref(&created)
            return nil
        }
        let context = UnsafeMutableRawPointer(frames.pointee.data).assumingMemoryBound(to: AVHWFramesContext.self)
        context.pointee.format = AV_PIX_FMT_VAAPI
        context.pointee.sw_format = isDeep ? AV_PIX_FMT_P010LE : AV_PIX_FMT_NV12
        context.pointee.width = Int32(clamping: format.width)
        context.pointee.height = Int32(clamping: format.height)
        context.pointee.initial_pool_size = 20
        guard av_hwframe_ctx_init(frames) >= 0 else {
            var unused: UnsafeMutablePointer<AVBufferRef>? = frames
            av_buffer_unref(&unused)
            av_buffer_unref(&created)
            return nil
        }
        (self.device, self.frames) = (device, frames)
    }

    deinit {
        var (device, frames): (UnsafeMutablePointer<AVBufferRef>?, UnsafeMutablePointer<AVBufferRef>?) = (device, frames)
        av_buffer_unref(&frames)
        av_buffer_unref(&device)
    }

    func attach(to codec: UnsafeMutablePointer<AVCodecContext>) throws(MediaError) {
        codec.pointee.pix_fmt = AV_PIX_FMT_VAAPI
        codec.pointee.hw_frames_ctx = av_buffer_ref(frames)
        guard codec.pointee.hw_frames_ctx != nil else { throw .outOfMemory }
    }

    /// Copies a picture to the card.
    func upload(
        _ frame: UnsafeMutablePointer<AVFrame>, _ body: (UnsafeMutablePointer<AVFrame>) throws(MediaError) -> Void
    ) throws(MediaError) {
        guard let copy = av_frame_alloc() else { throw .outOfMemory }
        var owned: UnsafeMutablePointer<AVFrame>? = copy
        defer { av_frame_free(&owned) }
        var status = av_hwframe_get_buffer(frames, copy, 0)
        if status >= 0 { status = av_hwframe_transfer_data(copy, frame, 0) }
        if status >= 0 { status = av_frame_copy_props(copy, frame) }
        guard status >= 0 else { throw .encoder("the pictures", status) }
        try body(copy)
    }

    /// The encoder that does what a target wants: that of a graphics card which opens, or that of the processor.
    /// - Throws: `MediaError.unsupported` when only hardware will do and there is none.
    static func choose(
        _ target: VideoTarget, _ format: VideoFormat
    ) throws(MediaError) -> (encoder: String, device: HardwareDevice?) {
        let software = (encoder: target.codec.softwareEncoder, device: HardwareDevice?.none)
        guard target.place != .software, !target.isMeasuring else { return software }
        let codec = target.codec == .h265 ? "hevc" : target.codec.rawValue
        for kind in kinds {
            let name = "\(codec)_\(kind)"
            guard let encoder = avcodec_find_encoder_by_name(name) else { continue }
            let device = kind == "vaapi" ? HardwareDevice(format, isDeep: target.pixelFormat.contains("10")) : nil
            if kind == "vaapi", device == nil { continue }
            guard opens(encoder, name, target, format, device) else { continue }
            return (name, device)
        }
        guard target.place == .auto else {
            throw .unsupported("\(target.codec.rawValue) in hardware: there is no graphics card that encodes it here; it")
        }
        return software
    }

    private static func opens(
        _ encoder: UnsafePointer<AVCodec>, _ name: String, _ target: VideoTarget, _ format: VideoFormat, _ device: HardwareDevice?
    ) -> Bool {
        guard let codec = avcodec_alloc_context3(encoder) else { return false }
        var owned: UnsafeMutablePointer<AVCodecContext>? = codec
        defer { avcodec_free_context(&owned) }
        let settings = EncoderSettings(target: target, encoder: name, format: format)
        settings.configure(codec)
        do { try device?.attach(to: codec) } catch { return false }
        for (name, value) in settings.options { av_opt_set(codec.pointee.priv_data, name, value, 0) }
        return avcodec_open2(codec, encoder, nil) >= 0
    }
}
