import CLibAV

// A packet has one user at a time.
/// Some encoded media of one stream.
package final class MediaPacket: @unchecked Sendable {
    let packet: UnsafeMutablePointer<AVPacket>
    let timeBase: AVRational

    /// Takes the content of a packet over and leaves it empty.
    init(moving source: UnsafeMutablePointer<AVPacket>, timeBase: AVRational) throws(MediaError) {
        guard let packet = av_packet_alloc() else { throw .outOfMemory }
        av_packet_move_ref(packet, source)
        (self.packet, self.timeBase) = (packet, timeBase)
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&pointer)
    }

    /// The stream's place in its file.
    package var stream: Int { Int(packet.pointee.stream_index) }
    package var isKeyFrame: Bool { packet.pointee.flags & AV_PKT_FLAG_KEY != 0 }
    /// Bytes.
    package var size: Int { Int(packet.pointee.size) }
    /// Seconds by the file's own clock; where it is not told when it is shown, when it is decoded; `nil` where neither is.
    package var time: Double? { seconds(packet.pointee.pts) ?? seconds(packet.pointee.dts) }
    /// Whether it is told when it is shown.
    package var hasTime: Bool { packet.pointee.pts != avs_no_pts }
    package var decodeTime: Double? { seconds(packet.pointee.dts) ?? seconds(packet.pointee.pts) }
    /// Seconds; 0 where it is not told.
    package var duration: Double { Double(packet.pointee.duration) * av_q2d(timeBase) }

    private func seconds(_ ticks: Int64) -> Double? { ticks == avs_no_pts ? nil : Double(ticks) * av_q2d(timeBase) }

    /// Moves its times, which nothing tells, to be those of one after another.
    func complete(decodedAt seconds: Double) {
        let ticks = Int64((seconds / av_q2d(timeBase)).rounded())
        packet.pointee.dts = ticks
        if packet.pointee.pts == avs_no_pts { packet.pointee.pts = ticks }
    }
}
