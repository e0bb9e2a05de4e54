import CLibAV

/// Converts frames between rates, layouts and sample formats (libswresample). Frames that need no change pass through.
package final class AudioConverter {
    package let output: AudioFormat
    private let dither: Dither
    /// Bits of an output sample that count; 0 for all.
    private let outputBits: Int
    private var context: OpaquePointer?
    private var input: AudioFormat?

    /// - Parameters:
    ///   - output: what comes out.
    ///   - dither: used when the output has fewer bits.
    package convenience init(to output: AudioFormat, dither: Dither = .none) {
        self.init(to: output, dither: dither, outputBits: 0)
    }

    init(to output: AudioFormat, dither: Dither, outputBits: Int) {
        (self.output, self.dither, self.outputBits) = (output, dither, outputBits)
    }

    deinit {
        swr_free(&context)
    }

    /// Converts one frame.
    /// - Returns: the converted frame; it may hold fewer samples than went in, the rest comes later.
    /// - Throws: `MediaError.filter`, `.outOfMemory`.
    package func convert(_ frame: AudioFrame) throws(MediaError) -> AudioFrame {
        if frame.format == output && context == nil { return frame }
        guard input != frame.format || context == nil else { return try run(frame) }
        // The sound changes its format on the way: what is left of the old one comes first.
        let rest = try flush()
        try open(frame.format)
        let converted = try run(frame)
        guard let rest else { return converted }
        return try rest.appending(converted)
    }

    /// Makes what follows longer or shorter, evenly, so that it is not heard.
    /// - Parameters:
    ///   - samples: of the output, more or, negative, less; 0 ends it.
    ///   - count: samples of the output over which they are spread.
    ///   - format: of the frames that go in.
    /// - Throws: `MediaError.filter`.
    func stretch(by samples: Int, over count: Int, _ format: AudioFormat) throws(MediaError) {
        if context == nil { try open(format) }
        let status = swr_set_compensation(context, Int32(clamping: samples), Int32(clamping: count))
        guard status >= 0 else { throw .filter("the speed of sound", status) }
    }

    /// What is still inside after the last frame.
    /// - Returns: `nil` when nothing is.
    /// - Throws: `MediaError.filter`, `.outOfMemory`.
    package func flush() throws(MediaError) -> AudioFrame? {
        guard context != nil else { return nil }
        let rest = try run(nil)
        return rest.frameCount > 0 ? rest : nil
    }

    /// - Parameter frame: `nil` gets out what is inside.
    private func run(_ frame: AudioFrame?) throws(MediaError) -> AudioFrame {
        let incoming = Int32(frame?.frameCount ?? 0)
        let expected = Int(swr_get_out_samples(context, incoming))
        guard expected >= 0 else { throw .filter("sample rate or format", Int32(expected)) }
        let converted = try AudioFrame.allocate(output, max(1, expected))
        let count = swr_convert(
            context, converted.frame.pointee.extended_data, Int32(expected),
            frame?.planes.assumingMemoryBound(to: UnsafePointer<UInt8>?.self), incoming)
        guard count >= 0 else { throw .filter("sample rate or format", count) }
        converted.frameCount = Int(count)
        return converted
    }

    private func open(_ format: AudioFormat) throws(MediaError) {
        swr_free(&context)
        let status = output.withLayout { outputLayout in
            format.withLayout { inputLayout in
                swr_alloc_set_opts2(
                    &context, outputLayout, output.avSampleFormat, Int32(output.sampleRate), inputLayout, format.avSampleFormat,
                    Int32(format.sampleRate), 0, nil)
            }
        }
        guard status >= 0, let context else { throw .filter("sample rate or format", status) }
        let settings = UnsafeMutableRawPointer(context)
        if dither != .none { av_opt_set_int(settings, "dither_method", Int64(dither.method), 0) }
        if outputBits > 0 { av_opt_set_int(settings, "output_sample_bits", Int64(outputBits), 0) }
        let opened = swr_init(context)
        guard opened >= 0 else {
            swr_free(&self.context)
            throw .filter(
                "\(format.channels) channels at \(format.sampleRate) Hz to \(output.channels) at \(output.sampleRate) Hz", opened)
        }
        input = format
    }
}

extension AudioFrame {
    /// Both frames, which have one format, as one.
    fileprivate func appending(_ other: AudioFrame) throws(MediaError) -> AudioFrame {
        let joined = try AudioFrame.allocate(format, frameCount + other.frameCount)
        for (part, start) in [(self, 0), (other, frameCount)] {
            av_samples_copy(
                joined.frame.pointee.extended_data, part.frame.pointee.extended_data, Int32(start), 0, Int32(part.frameCount),
                Int32(format.channels), format.avSampleFormat)
        }
        return joined
    }
}
