/// Encodes only to measure: the first of two passes. What it measures is in the file that its target's rate names.
package final class FirstPassEncoder {
    private let encoder: VideoEncoder

    /// - Parameters:
    ///   - target: with a rate of `firstPass`.
    ///   - format: of the frames.
    /// - Throws: `MediaError.unsupported`, `.encoder`.
    package init(_ target: VideoTarget, format: VideoFormat, container: MediaContainer) throws(MediaError) {
        encoder = try VideoEncoder(target, format: format, needsGlobalHeader: container != .ts)
    }

    /// - Throws: `MediaError.encoder`.
    package func write(_ frame: VideoFrame) throws(MediaError) { try encoder.encode(frame) { _ throws(MediaError) in } }

    /// - Throws: `MediaError.encoder`, `.io`.
    package func finish() throws(MediaError) { try encoder.finish { _ throws(MediaError) in } }
}
