import CLibAV

extension MediaReader {
    /// Measures how long the sound of a file is by going through its packets, without decoding them. For files whose header tells
    /// nothing, or whose duration is guessed; see `MediaInfo.isDurationGuessed`.
    /// - Returns: seconds.
    /// - Throws: `MediaError` as opening does; `.noAudio`, `.empty`.
    package static func measureDuration(path: String, limits: MediaLimits = MediaLimits()) throws(MediaError) -> Double {
        try MediaReader(path: path, limits: limits).takePackets()
    }

    private func takePackets() throws(MediaError) -> Double {
        let index = av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        guard index >= 0, let stream = context.pointee.streams[Int(index)] else { throw .noAudio }
        guard let packet = av_packet_alloc() else { throw .outOfMemory }
        defer {
            var packet: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&packet)
        }
        var ticks: Int64 = 0
        while true {
            if Task.isCancelled { throw .cancelled }
            guard av_read_frame(context, packet) >= 0 else { break }
            if packet.pointee.stream_index == index { ticks += packet.pointee.duration }
            av_packet_unref(packet)
        }
        if let cause = input.cause() { throw cause }
        guard ticks > 0 else { throw .empty }
        return Double(ticks) * av_q2d(stream.pointee.time_base)
    }
}
