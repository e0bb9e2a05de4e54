import CLibAV

/// Brings the packets of a stream whose clock jumps to one line, as `ClockRepair` does with what is decoded of them.
struct PacketClock {
    /// Of the times of decoding, which grow even where pictures are out of order; and, while a stream tells none, of those of
    /// showing. They are two clocks: one is never held against the other.
    private var (decoding, showing): (ClockRepair, ClockRepair)
    private var tellsDecoding = false
    /// Whether pictures are shown in another order than they are decoded: times of showing go back then without a jump.
    private let isReordered: Bool
    private let unit: Double
    /// Ticks of a frame where its packet does not tell.
    private let usual: Int64
    /// Ticks that packets are moved by, and the end of the latest picture so far.
    private var (shift, end) = (Int64(0), Int64.min)
    /// How often the clock jumped.
    var jumps: Int { decoding.jumps + showing.jumps }

    init(_ reader: MediaReader, _ stream: UnsafeMutablePointer<AVStream>) {
        let repair = ClockRepair(isDiscontinuous: reader.isDiscontinuous)
        (decoding, showing) = (repair, repair)
        isReordered = stream.pointee.codecpar.pointee.video_delay > 0
        unit = av_q2d(stream.pointee.time_base)
        let rate = Ratio(av_guess_frame_rate(reader.context, stream, nil))
        usual = Int64(((rate.isPositive ? 1 / rate.value : 0.04) / unit).rounded())
    }

    /// Moves the times of the stream's next packet, in the file's own order.
    mutating func place(_ packet: UnsafeMutablePointer<AVPacket>) {
        let (shown, decoded) = (packet.pointee.pts, packet.pointee.dts)
        guard shown != avs_no_pts || decoded != avs_no_pts else { return }
        let length = packet.pointee.duration > 0 ? packet.pointee.duration : usual
        let (step, before) = (Double(length) * unit, jumps)
        if decoded != avs_no_pts {
            tellsDecoding = true
            _ = decoding.time(Double(decoded) * unit, step: step)
        } else if !tellsDecoding, !isReordered {
            _ = showing.time(Double(shown) * unit, step: step)
        }
        // The first picture behind the jump follows the last before it.
        if jumps > before, end > .min { shift = end &- (shown == avs_no_pts ? decoded : shown) }
        if shown != avs_no_pts { packet.pointee.pts = shown &+ shift }
        if decoded != avs_no_pts { packet.pointee.dts = decoded &+ shift }
        end = max(end, FrameIndex.time(of: packet) &+ length)
    }
}
