import CLibAV

// A frame has one user at a time: the decoder hands it over and keeps nothing, stages pass it on.
/// Some decoded audio.
package final class AudioFrame: @unchecked Sendable {
    let frame: UnsafeMutablePointer<AVFrame>
    package let format: AudioFormat

    /// Takes over a frame that the libraries filled.
    init(taking frame: UnsafeMutablePointer<AVFrame>) {
        self.frame = frame
        format = AudioFormat(
            sampleRate: Int(frame.pointee.sample_rate), channels: Int(frame.pointee.ch_layout.nb_channels),
            channelMask: avs_layout_mask(&frame.pointee.ch_layout), sampleFormat: AVSampleFormat(frame.pointee.format))
        // The format spells out the usual layout where the file leaves it open; the frame has to agree.
        if frame.pointee.ch_layout.order != AV_CHANNEL_ORDER_NATIVE {
            format.withLayout { _ = av_channel_layout_copy(&frame.pointee.ch_layout, $0) }
        }
    }

    /// - Throws: `MediaError.outOfMemory`.
    private init(allocating format: AudioFormat, _ frameCount: Int) throws(MediaError) {
        guard let frame = av_frame_alloc() else { throw .outOfMemory }
        frame.pointee.format = format.sampleFormat
        frame.pointee.sample_rate = Int32(format.sampleRate)
        frame.pointee.nb_samples = Int32(frameCount)
        format.withLayout { _ = av_channel_layout_copy(&frame.pointee.ch_layout, $0) }
        if frameCount > 0, av_frame_get_buffer(frame, 0) < 0 {
            var failed: UnsafeMutablePointer<AVFrame>? = frame
            av_frame_free(&failed)
            throw .outOfMemory
        }
        (self.frame, self.format) = (frame, format)
    }

    /// A frame with room for so many samples, not filled.
    /// - Throws: `MediaError.outOfMemory`.
    static func allocate(_ format: AudioFormat, _ frameCount: Int) throws(MediaError) -> AudioFrame {
        try AudioFrame(allocating: format, frameCount)
    }

    /// A frame with room for so many samples, not filled. Without memory for it the process ends.
    package convenience init(_ format: AudioFormat, frameCount: Int) {
        do {
            try self.init(allocating: format, frameCount)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// A frame in which nothing is heard.
    /// - Parameter frameCount: samples of each channel, 1 or more.
    /// - Throws: `MediaError.outOfMemory`.
    package static func silence(_ format: AudioFormat, frameCount: Int) throws(MediaError) -> AudioFrame {
        let frame = try allocate(format, frameCount)
        av_samples_set_silence(
            frame.frame.pointee.extended_data, 0, Int32(frameCount), Int32(format.channels), format.avSampleFormat)
        return frame
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&pointer)
    }

    /// Samples of each channel.
    package var frameCount: Int {
        get { Int(frame.pointee.nb_samples) }
        set { frame.pointee.nb_samples = Int32(newValue) }
    }

    /// The samples of one channel; for planar float frames only.
    /// - Returns: `frameCount` floats, valid as long as the frame.
    package func channel(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(format.isFloatPlanar, "the frame does not hold planar floats")
        let start = UnsafeMutableRawPointer(avs_plane(frame, Int32(index))).assumingMemoryBound(to: Float.self)
        return UnsafeMutableBufferPointer(start: start, count: frameCount)
    }

    /// Makes the samples the frame's own before they are changed: decoders may share buffers.
    package func makeWritable() {
        let status = av_frame_make_writable(frame)
        precondition(status >= 0, "no memory for a frame")
    }

    /// The samples from `first` on, as a frame of their own.
    /// - Throws: `MediaError.outOfMemory`.
    func dropping(_ first: Int) throws(MediaError) -> AudioFrame { try part(first..<frameCount) }

    /// Some of the samples, as a frame of their own.
    /// - Parameter range: within those that there are.
    /// - Throws: `MediaError.outOfMemory`.
    package func part(_ range: Range<Int>) throws(MediaError) -> AudioFrame {
        let part = try Self.allocate(format, range.count)
        av_samples_copy(
            part.frame.pointee.extended_data, frame.pointee.extended_data, 0, Int32(range.lowerBound), Int32(range.count),
            Int32(format.channels), format.avSampleFormat)
        return part
    }

    /// The planes as the libraries' functions for conversion and storage take them.
    var planes: UnsafeMutableRawPointer { UnsafeMutableRawPointer(frame.pointee.extended_data) }
}
