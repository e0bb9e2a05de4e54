import CLibAV

/// A chain of libavfilter filters on audio, written in its own text form: `highpass=f=80,acompressor`.
///
/// ```swift
/// let graph = try FilterGraph("highpass=f=80", format: decoder.format)
/// while let frame = try decoder.next() {
///     try graph.push(frame)
///     while let filtered = try graph.pull() { try writer.write(filtered) }
/// }
/// try graph.push(nil)
/// while let filtered = try graph.pull() { try writer.write(filtered) }
/// ```
package final class FilterGraph {
    /// Of the frames that come out.
    package let output: AudioFormat

    private let library: avs_filter_functions
    private let input: AudioFormat
    private let graph: UnsafeMutablePointer<AVFilterGraph>
    private let source: UnsafeMutablePointer<AVFilterContext>
    private let sink: UnsafeMutablePointer<AVFilterContext>

    /// - Parameters:
    ///   - description: the chain, never taken from a stranger unchecked: some filters read files.
    ///   - format: of the frames that go in.
    /// - Throws: `MediaError.filter`, `.unsupported`.
    package init(_ description: String, format: AudioFormat) throws(MediaError) {
        avs_quiet()
        library = try FilterLibrary.load()
        guard let graph = library.graph_alloc() else { throw .outOfMemory }
        graph.pointee.nb_threads = 1
        var (source, sink): (UnsafeMutablePointer<AVFilterContext>?, UnsafeMutablePointer<AVFilterContext>?) = (nil, nil)
        var status = library.graph_create_filter(&source, library.get_by_name("abuffer"), "in", Self.arguments(format), nil, graph)
        if status >= 0 { status = library.graph_create_filter(&sink, library.get_by_name("abuffersink"), "out", nil, nil, graph) }
        if status >= 0 { status = library.link(graph, source, sink, description) }
        if status >= 0 { status = library.graph_config(graph, nil) }
        guard status >= 0, let source, let sink else {
            var failed: UnsafeMutablePointer<AVFilterGraph>? = graph
            library.graph_free(&failed)
            throw .filter(description, status)
        }
        (self.graph, self.source, self.sink, input) = (graph, source, sink, format)
        var layout = AVChannelLayout()
        _ = library.buffersink_get_ch_layout(sink, &layout)
        output = AudioFormat(
            sampleRate: Int(library.buffersink_get_sample_rate(sink)), channels: Int(layout.nb_channels),
            channelMask: avs_layout_mask(&layout), sampleFormat: AVSampleFormat(library.buffersink_get_format(sink)))
        av_channel_layout_uninit(&layout)
    }

    deinit {
        var graph: UnsafeMutablePointer<AVFilterGraph>? = graph
        library.graph_free(&graph)
    }

    /// - Parameter frame: `nil` ends the input.
    /// - Throws: `MediaError.filter`, also for a frame of another format than the graph was made for.
    package func push(_ frame: AudioFrame?) throws(MediaError) {
        if let frame, frame.format != input { throw .filter("the audio changes its format", avs_error_invalid_argument) }
        let status = library.buffersrc_add_frame_flags(source, frame?.frame, Int32(AV_BUFFERSRC_FLAG_KEEP_REF))
        guard status >= 0 else { throw .filter("input", status) }
    }

    /// - Returns: the next frame; `nil` when more input is needed or the end is reached.
    /// - Throws: `MediaError.filter`.
    package func pull() throws(MediaError) -> AudioFrame? {
        guard let frame = av_frame_alloc() else { throw .outOfMemory }
        let status = library.buffersink_get_frame(sink, frame)
        guard status < 0 else { return AudioFrame(taking: frame) }
        var unused: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&unused)
        guard status == avs_error_again || status == avs_error_eof else { throw .filter("output", status) }
        return nil
    }

    /// What the graph's source has to know about the frames.
    private static func arguments(_ format: AudioFormat) -> String {
        let name = av_get_sample_fmt_name(format.avSampleFormat).map { String(cString: $0) } ?? ""
        let layout = format.withLayout { ChannelLayout.name($0.pointee) }
        return "sample_rate=\(format.sampleRate):sample_fmt=\(name):channel_layout=\(layout):channels=\(format.channels)"
            + ":time_base=1/\(format.sampleRate)"
    }
}
