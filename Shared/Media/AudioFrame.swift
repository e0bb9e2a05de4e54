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
    }

    /// A frame with room for so many samples, not filled.
    package init(_ format: AudioFormat, frameCount: Int) {
        guard let frame = av_frame_alloc() else { fatalError("no memory for a frame") }
        frame.pointee.format = format.sampleFormat
        frame.pointee.sample_rate = Int32(format.sampleRate)
        frame.pointee.nb_samples = Int32(frameCount)
        format.withLayout { _ = av_channel_layout_copy(&frame.pointee.ch_layout, $0) }
        if frameCount > 0 {
            let status = av_frame_get_buffer(frame, 0)
            precondition(status >= 0, "no memory for a frame")
        }
        self.frame = frame
        self.format = AudioFormat(
            sampleRate: format.sampleRate, channels: format.channels, channelMask: avs_layout_mask(&frame.pointee.ch_layout),
            sampleFormat: format.avSampleFormat)
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
}
