import CLibAV

extension MediaContainer {
    /// Codecs whose place in MP4 is settled and in QuickTime's own files is not.
    private static let notInMovies: Set = ["flac", "opus", "truehd", "vp8", "vp9", "av1"]

    /// Whether it can hold a stream's packets as they are.
    package func holds(_ source: PacketReader.Stream, from reader: PacketReader) -> Bool {
        guard self != .mov || !Self.notInMovies.contains(source.codec), let format = av_guess_format(muxer, nil, nil),
            let parameters = reader.reader.context.pointee.streams[source.index]?.pointee.codecpar
        else { return false }
        return avformat_query_codec(format, parameters.pointee.codec_id, FF_COMPLIANCE_NORMAL) == 1
    }
}
