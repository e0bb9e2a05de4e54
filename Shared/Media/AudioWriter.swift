import CLibAV

/// Encodes frames into a file. Frames of any rate, layout and sample format are converted as needed.
///
/// ```swift
/// let writer = try AudioWriter(path: "out.m4a", target: target)
/// while let frame = try decoder.next() { try writer.write(frame) }
/// try writer.finish()
/// ```
///
/// A writer that goes away before `finish` has succeeded takes its file with it.
package final class AudioWriter {
    package let target: AudioTarget
    /// What frames should be to be written without conversion.
    package var inputFormat: AudioFormat { encoder.inputFormat }
    /// Samples of each channel written so far.
    package var framesWritten: Int64 { encoder.framesWritten }
    /// Samples so far that were above full scale, which files of integers can not hold; 0 for the others, which keep them.
    package var clippedSamples: Int { encoder.clippedSamples }

    private let output: OutputFile
    private let format: UnsafeMutablePointer<AVFormatContext>
    private let stream: UnsafeMutablePointer<AVStream>
    private let encoder: AudioEncoder

    /// Creates the file, or empties it, and writes its header.
    /// - Throws: `MediaError`: `.unsupported`, `.encoder`, `.diskFull`, `.io`.
    package init(path: String, target: AudioTarget) throws(MediaError) {
        avs_quiet()
        self.target = target
        let encoding = try Encoding(target)
        output = try OutputFile(path, isStreamed: target.isStreamed)
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        let status = avformat_alloc_output_context2(&allocated, nil, encoding.muxer, nil)
        guard status >= 0, let format = allocated else { throw .writing("the container \(encoding.muxer)", status) }
        do {
            encoder = try AudioEncoder(target, encoding, for: format)
        } catch {
            avformat_free_context(format)
            throw error
        }
        guard let stream = avformat_new_stream(format, nil) else {
            avformat_free_context(format)
            throw .outOfMemory
        }
        (self.format, self.stream) = (format, stream)
        output.attach(to: format)
        try open(encoding)
    }

    deinit { avformat_free_context(format) }

    /// - Throws: `MediaError.encoder`, `.filter`, `.diskFull`, `.outOfMemory`.
    package func write(_ frame: AudioFrame) throws(MediaError) {
        try encoder.encode(frame) { packet throws(MediaError) in try write(packet) }
    }

    /// Writes what is left and the trailer, and closes the file. Nothing can be written after it.
    /// - Throws: `MediaError.encoder`, `.diskFull`.
    package func finish() throws(MediaError) {
        try encoder.finish { packet throws(MediaError) in try write(packet) }
        try check(av_write_trailer(format), "the end of the file")
        try output.finish()
    }

    private func open(_ encoding: Encoding) throws(MediaError) {
        if target.isBitExact { format.pointee.flags |= AVFMT_FLAG_BITEXACT }
        if target.isStreamed { format.pointee.flags |= AVFMT_FLAG_FLUSH_PACKETS }
        try encoder.describe(stream)
        let pictures = try Metadata.apply(target, to: format, stream)
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        for (name, value) in encoding.muxerOptions(target) { av_dict_set(&options, name, value, 0) }
        // The header is known to fail for layouts and rates that the container can not hold.
        try check(avformat_write_header(format, &options), "the header of \(target.format.rawValue)")
        for picture in pictures { try write(picture) }
    }

    private func write(_ picture: PicturePacket) throws(MediaError) {
        guard let packet = av_packet_alloc() else { throw .outOfMemory }
        var owned: UnsafeMutablePointer<AVPacket>? = packet
        defer { av_packet_free(&owned) }
        try check(av_new_packet(packet, Int32(picture.bytes.count)), "the cover art")
        picture.bytes.withUnsafeBytes {
            UnsafeMutableRawPointer(packet.pointee.data).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
        packet.pointee.stream_index = picture.stream
        packet.pointee.flags |= AV_PKT_FLAG_KEY
        packet.pointee.pts = 0
        packet.pointee.dts = 0
        try check(av_write_frame(format, packet), "the cover art")
    }

    private func write(_ packet: UnsafeMutablePointer<AVPacket>) throws(MediaError) {
        packet.pointee.stream_index = stream.pointee.index
        av_packet_rescale_ts(packet, encoder.timeBase, stream.pointee.time_base)
        // Only one stream has a sequence of packets: nothing needs to be held back to interleave it.
        try check(av_write_frame(format, packet), "the audio")
    }

    private func check(_ status: Int32, _ what: String) throws(MediaError) {
        if status < 0 || output.failure < 0 { throw .writing(what, output.failure < 0 ? output.failure : status) }
    }
}
