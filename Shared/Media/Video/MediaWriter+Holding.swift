import CLibAV

extension MediaWriter {
    /// Whether the container can hold a stream's packets as they are.
    package func holds(_ source: PacketReader.Stream, from reader: PacketReader) -> Bool {
        guard let stream = reader.reader.context.pointee.streams[source.index], let parameters = stream.pointee.codecpar else {
            return false
        }
        return avformat_query_codec(format.pointee.oformat, parameters.pointee.codec_id, FF_COMPLIANCE_NORMAL) == 1
    }
}
