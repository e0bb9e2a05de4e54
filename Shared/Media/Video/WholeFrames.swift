/// The frames of a video without combs: those made of two fields are brought to whole pictures by what lies around them in place
/// and time, others pass as they are. A video whose first frame is whole is taken to be so throughout.
/// Source: libavfilter's bwdif, after J. Weston's deinterlacer (BBC R&D white paper "Motion adaptive deinterlacing").
package final class WholeFrames {
    package let source: FrameSource
    private let graph: VideoFilterGraph?
    private var hasEnded = false

    private static let filter = "bwdif=mode=send_frame:deint=interlaced"

    /// - Throws: `MediaError.filter`, `.unsupported`.
    package init(_ source: FrameSource) throws(MediaError) {
        self.source = source
        graph = source.isInterlaced ? try VideoFilterGraph(Self.filter, format: source.format, threads: 2) : nil
    }

    /// Of the frames.
    package var format: VideoFormat {
        let (own, output) = (source.format, graph?.output)
        return output.map { own.with(pixelFormat: $0.pixelFormat) } ?? own
    }

    /// The next frame, its time as the source has it.
    /// - Returns: `nil` after the last.
    /// - Throws: `MediaError`.
    package func next() throws(MediaError) -> VideoFrame? {
        guard let graph else { return try source.next() }
        while true {
            if let frame = try graph.pull() { return try frame.at(frame.time, timeBase: source.format.timeBase) }
            guard !hasEnded else { return nil }
            let frame = try source.next()
            hasEnded = frame == nil
            try graph.push(frame)
        }
    }
}

extension VideoFrame {
    /// Where it is made of two fields, the first of them with lines drawn between, along the edges that are seen: what lies around
    /// it in time is not looked at. Source: libavfilter's estdif (edge slope tracing).
    /// - Parameter format: of the frame.
    /// - Throws: `MediaError.filter`.
    func withoutFields(_ format: VideoFormat) throws(MediaError) -> VideoFrame {
        guard isInterlaced else { return self }
        let graph = try VideoFilterGraph("estdif=mode=frame:deint=interlaced", format: format.with(self))
        try graph.push(self)
        try graph.push(nil)
        guard let whole = try graph.pull() else { return self }
        return try whole.at(time, timeBase: format.timeBase, index: index)
    }
}
