import CLibAV

/// A chain of libavfilter filters on pictures, written in its own text form: `scale=640:-2,format=yuv420p`.
///
/// Frames whose size or pixel format is not that of the first make the graph anew: files may change both on their way.
package final class VideoFilterGraph {
    private let library: avs_filter_functions
    private let description: String
    private let threads: Int
    private let input: VideoFormat
    private var chain: Chain?
    private var index = 0
    /// Whether a filter gives frames at a rate of its own: it gives the last one only when another comes after it.
    private let isPaced: Bool
    private var last: VideoFrame?

    /// - Parameters:
    ///   - description: the chain, never taken from a stranger unchecked: some filters read files.
    ///   - format: of the frames that go in.
    ///   - threads: of the filters that can share their work.
    /// - Throws: `MediaError.filter`, `.unsupported`.
    package init(_ description: String, format: VideoFormat, threads: Int = 1) throws(MediaError) {
        avs_quiet()
        library = try FilterLibrary.load()
        (self.description, self.threads, input) = (description, threads, format)
        isPaced = description.contains("fps=")
        // What the header does not tell, the first frame does.
        chain = format.width > 0 && format.pixelFormat >= 0 ? try Chain(library, description, format, threads) : nil
    }

    /// What the times of frames that go in count in.
    package var inputTimeBase: Ratio { input.timeBase }

    /// Of the frames that come out; `nil` as long as nothing went in and the input's format was not known whole.
    package var output: VideoFormat? { chain?.output }

    /// - Parameter frame: `nil` ends the input.
    /// - Throws: `MediaError.filter`.
    package func push(_ frame: VideoFrame?) throws(MediaError) {
        if let frame, chain?.takes(frame) != true {
            chain = try Chain(library, description, input.with(frame), threads)
        }
        guard let chain else { return }
        if isPaced {
            // What stands at the end of the input tells how long the last frame is seen, and is itself not given.
            if frame == nil, let end = try last?.atItsEnd(input) {
                _ = library.buffersrc_add_frame_flags(chain.source, end.frame, Int32(AV_BUFFERSRC_FLAG_KEEP_REF))
            }
            last = frame
        }
        let status = library.buffersrc_add_frame_flags(chain.source, frame?.frame, Int32(AV_BUFFERSRC_FLAG_KEEP_REF))
        guard status >= 0 else { throw .filter("the pictures", status) }
    }

    /// - Returns: the next frame; `nil` when more input is needed or the end is reached.
    /// - Throws: `MediaError.filter`.
    package func pull() throws(MediaError) -> VideoFrame? {
        guard let chain else { return nil }
        guard let frame = av_frame_alloc() else { throw .outOfMemory }
        let status = library.buffersink_get_frame(chain.sink, frame)
        guard status < 0 else {
            defer { index += 1 }
            let time = frame.pointee.pts == avs_no_pts ? 0 : Double(frame.pointee.pts) * chain.output.timeBase.value
            return VideoFrame(taking: frame, index: index, time: time)
        }
        var unused: UnsafeMutablePointer<AVFrame>? = frame
        av_frame_free(&unused)
        guard status == avs_error_again || status == avs_error_eof else { throw .filter("the pictures", status) }
        return nil
    }

    /// One frame through a chain that gives one for each.
    /// - Throws: `MediaError.filter`.
    package func apply(_ frame: VideoFrame) throws(MediaError) -> VideoFrame {
        try push(frame)
        guard let result = try pull() else { throw .filter(description, avs_error_again) }
        return result
    }

    /// The graph for one format of input.
    private final class Chain {
        let input: VideoFormat
        let output: VideoFormat
        let source: UnsafeMutablePointer<AVFilterContext>
        let sink: UnsafeMutablePointer<AVFilterContext>
        private let library: avs_filter_functions
        private let graph: UnsafeMutablePointer<AVFilterGraph>

        init(
            _ library: avs_filter_functions, _ description: String, _ format: VideoFormat, _ threads: Int
        ) throws(MediaError) {
            guard let graph = library.graph_alloc() else { throw .outOfMemory }
            graph.pointee.nb_threads = Int32(threads)
            var (source, sink): (UnsafeMutablePointer<AVFilterContext>?, UnsafeMutablePointer<AVFilterContext>?) = (nil, nil)
            var status = library.graph_create_filter(
                &source, library.get_by_name("buffer"), "in", format.sourceArguments, nil, graph)
            if status >= 0 {
                status = library.graph_create_filter(&sink, library.get_by_name("buffersink"), "out", nil, nil, graph)
            }
            if status >= 0 { status = library.link(graph, source, sink, description) }
            if status >= 0 { status = library.graph_config(graph, nil) }
            guard status >= 0, let source, let sink else {
                var failed: UnsafeMutablePointer<AVFilterGraph>? = graph
                library.graph_free(&failed)
                throw .filter(description, status)
            }
            (self.library, self.graph, self.source, self.sink, input) = (library, graph, source, sink, format)
            let rate = Ratio(library.buffersink_get_frame_rate(sink))
            output = VideoFormat(
                width: Int(library.buffersink_get_w(sink)), height: Int(library.buffersink_get_h(sink)),
                pixelAspect: Ratio(library.buffersink_get_sample_aspect_ratio(sink)),
                timeBase: Ratio(library.buffersink_get_time_base(sink)), frameRate: rate.isPositive ? rate : nil,
                pixelFormat: library.buffersink_get_format(sink))
        }

        deinit {
            var graph: UnsafeMutablePointer<AVFilterGraph>? = graph
            library.graph_free(&graph)
        }

        func takes(_ frame: VideoFrame) -> Bool {
            frame.width == input.width && frame.height == input.height && frame.frame.pointee.format == input.pixelFormat
        }
    }
}

extension VideoFrame {
    /// The same picture at the time at which it is seen no more.
    fileprivate func atItsEnd(_ format: VideoFormat) throws(MediaError) -> VideoFrame {
        let (ticks, unit) = (frame.pointee.pkt_duration, format.timeBase.value)
        // Where it is not told, no longer than usual: rates of video whose frames come as they like say little.
        let length = ticks > 0 ? Double(ticks) * unit : min(0.04, format.frameRate.map { 1 / $0.value } ?? 0.04)
        return try at(Double(frame.pointee.pts) * unit + length, timeBase: format.timeBase)
    }
}

extension VideoFormat {
    /// The same with a frame's own size and pixel format.
    func with(_ frame: VideoFrame) -> VideoFormat {
        VideoFormat(
            width: frame.width, height: frame.height, pixelAspect: pixelAspect, timeBase: timeBase, frameRate: frameRate,
            pixelFormat: frame.frame.pointee.format)
    }

    /// The same with another pixel format.
    func with(pixelFormat: Int32) -> VideoFormat {
        VideoFormat(
            width: width, height: height, pixelAspect: pixelAspect, timeBase: timeBase, frameRate: frameRate,
            pixelFormat: pixelFormat)
    }
}
