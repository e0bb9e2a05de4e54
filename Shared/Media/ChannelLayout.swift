import CLibAV

/// Channel layouts by their names.
enum ChannelLayout {
    /// - Returns: for example `stereo`; for a layout that the file leaves open the usual one where there is no doubt.
    static func name(_ layout: AVChannelLayout) -> String {
        var layout = layout
        if layout.order == AV_CHANNEL_ORDER_UNSPEC, layout.nb_channels <= 2 {
            av_channel_layout_default(&layout, layout.nb_channels)
        }
        var text = [CChar](repeating: 0, count: 128)
        guard av_channel_layout_describe(&layout, &text, text.count) > 0 else { return "\(layout.nb_channels) channels" }
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
