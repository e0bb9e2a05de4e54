import CLibAV

/// A chain of libavfilter filters on audio, written in its own text form: `highpass=f=80,acompressor`.
package final class FilterGraph {
    private let graph: UnsafeMutablePointer<AVFilterGraph>
    private let source: UnsafeMutablePointer<AVFilterContext>
    private let sink: UnsafeMutablePointer<AVFilterContext>

    /// - Parameters:
    ///   - description: the chain, never taken from a stranger unchecked: some filters read files.
    ///   - format: of the frames that go in.
    /// - Throws: `MediaError.filter`.
    package init(_ description: String, format: AudioFormat) throws(MediaError) {
        avs_quiet()
        guard let graph = avfilter_graph_alloc() else { throw .filter(description, avs_error_io) }
        graph.pointee.nb_threads = 1
        let name = av_get_sample_fmt_name(format.avSampleFormat).map { String(cString: $0) } ?? ""
        let layout = format.withLayout { ChannelLayout.name($0.pointee) }
        let arguments =
            "sample_rate=\(format.sampleRate):sample_fmt=\(name):channel_layout=\(layout):time_base=1/\(format.sampleRate)"
        var (source, sink): (UnsafeMutablePointer<AVFilterContext>?, UnsafeMutablePointer<AVFilterContext>?) = (nil, nil)
        var status = avfilter_graph_create_filter(&source, avfilter_get_by_name("abuffer"), "in", arguments, nil, graph)
        if status >= 0 { status = avfilter_graph_create_filter(&sink, avfilter_get_by_name("abuffersink"), "out", nil, nil, graph) }
        if status >= 0 { status = Self.link(graph, source, sink, description) }
        if status >= 0 { status = avfilter_graph_config(graph, nil) }
        guard status >= 0, let source, let sink else {
            var failed: UnsafeMutablePointer<AVFilterGraph>? = graph
            avfilter_graph_free(&failed)
            throw .filter(description, status)
        }
        (self.graph, self.source, self.sink) = (graph, source, sink)
    }

    deinit {
        var graph: UnsafeMutablePointer<AVFilterGraph>? = graph
        avfilter_graph_free(&graph)
    }

    /// - Parameter frame: `nil` ends the input.
    /// - Throws: `MediaError.filter`.
    package func push(_ frame: AudioFrame?) throws(MediaError) {
        let status = av_buffersrc_add_frame_flags(source, frame?.frame, Int32(AV_BUFFERSRC_FLAG_KEEP_REF))
        guard status >= 0 else { throw .filter("input", status) }
    }

    /// - Returns: the next frame; `nil` when more input is needed or the end is reached.
    package func pull() throws(MediaError) -> AudioFrame? {
        guard let frame = av_frame_alloc() else { throw .filter("memory", avs_error_io) }
        let status = av_buffersink_get_frame(sink, frame)
        guard status < 0 else { return AudioFrame(taking: frame) }
        var unused: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&unused)
        guard status == avs_error_again || status == avs_error_eof else { throw .filter("output", status) }
        return nil
    }

    private static func link(
        _ graph: UnsafeMutablePointer<AVFilterGraph>, _ source: UnsafeMutablePointer<AVFilterContext>?,
        _ sink: UnsafeMutablePointer<AVFilterContext>?, _ description: String
    ) -> Int32 {
        var (inputs, outputs) = (avfilter_inout_alloc(), avfilter_inout_alloc())
        defer {
            avfilter_inout_free(&inputs)
            avfilter_inout_free(&outputs)
        }
        outputs?.pointee.name = av_strdup("in")
        outputs?.pointee.filter_ctx = source
        inputs?.pointee.name = av_strdup("out")
        inputs?.pointee.filter_ctx = sink
        return avfilter_graph_parse_ptr(graph, description, &inputs, &outputs, nil)
    }
}
