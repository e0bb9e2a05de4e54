import CLibAV

/// When the frames of a video are shown and where its key frames are, told by its packets alone: nothing is decoded.
package struct FrameTimes: Sendable {
    /// How many frames there are.
    package private(set) var count = 0
    /// Seconds of the key frames from the start.
    package private(set) var keyFrames: [Double] = []
    /// Seconds between one frame and the next: the shortest and the longest.
    package private(set) var shortest: Double?
    package private(set) var longest: Double?
    /// Frames whose time lies before the start or on that of another.
    package private(set) var broken = 0
    /// Bytes of all packets.
    package private(set) var bytes: Int64 = 0

    /// Whether the frames come at one rate, but for what containers round times to.
    package var isConstant: Bool {
        guard let shortest, let longest else { return true }
        return longest - shortest <= max(0.0021, shortest * 0.05)
    }

    /// Frames that may come before an earlier one of them: times are sorted in a window of so many.
    private static let window = 64

    /// - Parameter reader: of a file with video; its packets are used up.
    /// - Throws: `MediaError.noVideo`, `.io`, `.cancelled`, `.outOfMemory`.
    package init(_ reader: MediaReader) throws(MediaError) {
        let found = av_find_best_stream(reader.context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        guard found >= 0, let stream = reader.context.pointee.streams[Int(found)] else { throw .noVideo }
        guard let packet = av_packet_alloc() else { throw .outOfMemory }
        var owned: UnsafeMutablePointer<AVPacket>? = packet
        defer { av_packet_free(&owned) }
        let unit = av_q2d(stream.pointee.time_base)
        let start = stream.pointee.start_time == avs_no_pts ? 0 : stream.pointee.start_time
        var waiting: [Double] = []
        var last: Double?
        while av_read_frame(reader.context, packet) >= 0 {
            defer { av_packet_unref(packet) }
            if Task.isCancelled { throw .cancelled }
            guard packet.pointee.stream_index == stream.pointee.index else { continue }
            (count, bytes) = (count + 1, bytes + Int64(packet.pointee.size))
            let stamp = packet.pointee.pts == avs_no_pts ? packet.pointee.dts : packet.pointee.pts
            guard stamp != avs_no_pts else {
                broken += 1
                continue
            }
            let time = Double(stamp - start) * unit
            if packet.pointee.flags & AV_PKT_FLAG_KEY != 0 { keyFrames.append(max(0, time)) }
            waiting.insert(time, at: waiting.lastIndex { $0 <= time }.map { $0 + 1 } ?? 0)
            if waiting.count > Self.window { note(waiting.removeFirst(), after: &last) }
        }
        if let cause = reader.input.cause() { throw cause }
        for time in waiting { note(time, after: &last) }
        keyFrames.sort()
    }

    private mutating func note(_ time: Double, after last: inout Double?) {
        defer { last = time }
        guard let before = last else { return }
        let step = time - before
        guard step > 0 else {
            broken += 1
            return
        }
        shortest = min(shortest ?? step, step)
        longest = max(longest ?? step, step)
    }
}
