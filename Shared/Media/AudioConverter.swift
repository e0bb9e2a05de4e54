import CLibAV

/// How rounding noise is shaped when bits are taken away.
package enum Dither: String, Sendable, CaseIterable {
    case none, rectangular, triangular
    /// Triangular with its noise moved up in frequency.
    case triangularHighPass = "triangular-high-pass"

    fileprivate var method: Int {
        switch self {
        case .none: Int(SWR_DITHER_NONE.rawValue)
        case .rectangular: Int(SWR_DITHER_RECTANGULAR.rawValue)
        case .triangular: Int(SWR_DITHER_TRIANGULAR.rawValue)
        case .triangularHighPass: Int(SWR_DITHER_TRIANGULAR_HIGHPASS.rawValue)
        }
    }
}

/// Converts frames between rates, layouts and sample formats (libswresample). Frames that need no change pass through.
package final class AudioConverter {
    package let output: AudioFormat
    private let dither: Dither
    private var context: OpaquePointer?
    private var input: AudioFormat?

    /// - Parameters:
    ///   - output: what comes out.
    ///   - dither: used when the output has fewer bits.
    package init(to output: AudioFormat, dither: Dither = .none) {
        (self.output, self.dither) = (output, dither)
    }

    deinit {
        swr_free(&context)
    }

    /// Converts one frame.
    /// - Returns: the converted frame; it may hold fewer samples than went in, the rest comes later.
    /// - Throws: `MediaError.filter`.
    package func convert(_ frame: AudioFrame) throws(MediaError) -> AudioFrame {
        if frame.format == output && context == nil { return frame }
        if input != frame.format || context == nil { try open(frame.format) }
        let expected = Int(swr_get_out_samples(context, Int32(frame.frameCount)))
        let converted = AudioFrame(output, frameCount: max(1, expected))
        let count = swr_convert(
            context, converted.frame.pointee.extended_data, Int32(expected), planes(frame), Int32(frame.frameCount))
        guard count >= 0 else { throw .filter("sample rate or format", count) }
        converted.frameCount = Int(count)
        return converted
    }

    /// What is still inside after the last frame.
    /// - Returns: `nil` when nothing is.
    package func flush() throws(MediaError) -> AudioFrame? {
        guard let context else { return nil }
        let expected = Int(swr_get_out_samples(context, 0))
        guard expected > 0 else { return nil }
        let converted = AudioFrame(output, frameCount: expected)
        let count = swr_convert(context, converted.frame.pointee.extended_data, Int32(expected), nil, 0)
        guard count >= 0 else { throw .filter("sample rate or format", count) }
        converted.frameCount = Int(count)
        return count > 0 ? converted : nil
    }

    private func planes(_ frame: AudioFrame) -> UnsafeMutablePointer<UnsafePointer<UInt8>?> {
        UnsafeMutableRawPointer(frame.frame.pointee.extended_data).assumingMemoryBound(to: UnsafePointer<UInt8>?.self)
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
        if dither != .none { av_opt_set_int(UnsafeMutableRawPointer(context), "dither_method", Int64(dither.method), 0) }
        let opened = swr_init(context)
        guard opened >= 0 else { throw .filter("sample rate or format", opened) }
        input = format
    }
}
