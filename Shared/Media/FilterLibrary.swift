import CLibAV

// The functions are found once and never change.
/// libavfilter, loaded when the first graph is made. It pulls in some forty libraries that no other part of the module needs;
/// linking it would add 18 ms to the start of every process, which is a third of what a short job costs.
final class FilterLibrary: @unchecked Sendable {
    let functions: avs_filter_functions

    private init(_ functions: avs_filter_functions) { self.functions = functions }

    private static let loaded: Result<FilterLibrary, MediaError> = {
        var functions = avs_filter_functions()
        let status = avs_load_filters(&functions)
        return status >= 0
            ? .success(FilterLibrary(functions)) : .failure(.unsupported("filtering: libavfilter is not installed; it"))
    }()

    /// - Throws: `MediaError.unsupported` when the library is not on this machine.
    static func load() throws(MediaError) -> avs_filter_functions { try loaded.get().functions }
}

extension avs_filter_functions {
    /// Puts the chain that a description names between a source and a sink.
    /// - Returns: negative when a filter is unknown or refuses its options.
    func link(
        _ graph: UnsafeMutablePointer<AVFilterGraph>, _ source: UnsafeMutablePointer<AVFilterContext>?,
        _ sink: UnsafeMutablePointer<AVFilterContext>?, _ description: String
    ) -> Int32 {
        var (inputs, outputs) = (inout_alloc(), inout_alloc())
        defer {
            inout_free(&inputs)
            inout_free(&outputs)
        }
        outputs?.pointee.name = av_strdup("in")
        outputs?.pointee.filter_ctx = source
        inputs?.pointee.name = av_strdup("out")
        inputs?.pointee.filter_ctx = sink
        return graph_parse_ptr(graph, description, &inputs, &outputs, nil)
    }
}
