import CLibAV

/// Every frame's time and the key frames that decoding can begin at, told by a video's packets: nothing is decoded.
package struct FrameIndex: Sendable {
    /// In the stream's own unit, ascending.
    let frames: [Int64]
    /// Those among them that are key frames.
    let keyFrames: [Int64]
    /// Key frames that nothing at or behind them looks back past, neither in the order of decoding nor in that of showing: files
    /// may be cut there without encoding.
    private let refreshes: [Int64]
    /// Whether the times are when frames are decoded, because the file does not tell when they are shown: the first of them is
    /// that of the first frame shown, and so on, but they do not tell the frames apart.
    let isDecodeOrder: Bool
    /// How often the clock jumped: times are those of one line then, which the file's own are not.
    package let clockJumps: Int
    /// Seconds of the file's clock, which its sound shares, at the start of the video.
    package let offset: Double
    private let start: Int64
    private let unit: Double

    /// - Parameter path: of a file with video.
    /// - Throws: `MediaError` as opening does; `.noVideo`, `.noFrames` where no frame has a time.
    package init(path: String, limits: MediaLimits = MediaLimits()) throws(MediaError) {
        let reader = try MediaReader(path: path, limits: limits)
        let stream = try reader.videoStream()
        guard let packet = av_packet_alloc() else { throw .outOfMemory }
        var owned: UnsafeMutablePointer<AVPacket>? = packet
        defer { av_packet_free(&owned) }
        reader.keepOnly(stream)
        // Where the header tells none, reading on sets it, to the time of a packet that need not be the first.
        start = stream.pointee.start_time == avs_no_pts ? 0 : stream.pointee.start_time
        let sets = stream.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_H264 ? ParameterSets(header: stream) : nil
        var clock = PacketClock(reader, stream)
        var (frames, decoded, keys) = ([Int64](), [Int64](), [(place: Int, canRefresh: Bool)]())
        var isDecodeOrder = false
        while av_read_frame(reader.context, packet) >= 0 {
            defer { av_packet_unref(packet) }
            if Task.isCancelled { throw .cancelled }
            guard packet.pointee.stream_index == stream.pointee.index else { continue }
            clock.place(packet)
            let time = Self.time(of: packet)
            guard time != avs_no_pts else { continue }
            if packet.pointee.flags & AV_PKT_FLAG_KEY != 0 {
                // H.264 marks pictures that decoding recovers at as key frames too.
                let data = UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
                keys.append((frames.count, sets?.isInstantRefresh(data) ?? true))
            }
            frames.append(time)
            decoded.append(packet.pointee.dts == avs_no_pts ? time : packet.pointee.dts)
            if packet.pointee.pts == avs_no_pts { isDecodeOrder = true }
        }
        if let cause = reader.input.cause() { throw cause }
        guard !frames.isEmpty else { throw .noFrames }
        if isDecodeOrder {
            // Pictures are decoded before they are shown: the first at the start.
            let early = stream.pointee.start_time == avs_no_pts ? 0 : start - (decoded.min() ?? start)
            frames = decoded.map { $0 + early }
        }
        (self.isDecodeOrder, clockJumps) = (isDecodeOrder, clock.jumps)
        refreshes = isDecodeOrder ? [] : Self.refreshes(keys.filter(\.canRefresh).map(\.place), frames)
        self.frames = frames.sorted()
        keyFrames = keys.map { frames[$0.place] }.sorted()
        unit = av_q2d(stream.pointee.time_base)
        offset = Double(start) * unit - reader.origin
    }

    /// The times of those key frames before which no frame is shown that is decoded after them. Before others come pictures
    /// that build on frames of the group before: such groups are called open.
    private static func refreshes(_ places: [Int], _ decoded: [Int64]) -> [Int64] {
        var (found, earliest, rest) = ([Int64](), Int64.max, decoded.count)
        for place in places.reversed() {
            while rest > place + 1 {
                rest -= 1
                earliest = min(earliest, decoded[rest])
            }
            if decoded[place] < earliest { found.append(decoded[place]) }
        }
        return found.reversed()
    }

    /// The time that tells a packet's frame from the others: when it is shown, or where that is unknown when it is decoded.
    static func time(of packet: UnsafePointer<AVPacket>) -> Int64 {
        packet.pointee.pts == avs_no_pts ? packet.pointee.dts : packet.pointee.pts
    }

    /// Seconds of the stream's own unit, and the stream's first time in it.
    var seconds: Double { unit }
    var firstTick: Int64 { start }
    /// How many frames have a time.
    package var count: Int { frames.count }
    /// Seconds from the start to the last frame.
    package var lastTime: Double { Double(frames[frames.count - 1] - start) * unit }
    /// Seconds of the file's clock at which the last frame has been seen as long as one is on average.
    package var end: Double { offset + lastTime * (1 + 1 / Double(max(1, count - 1))) }
    /// Seconds of the key frames from the start.
    package var keyFrameTimes: [Double] { keyFrames.map(seconds(of:)) }
    /// Those of them that a copy can begin with and end before.
    package var refreshTimes: [Double] { refreshes.map(seconds(of:)) }

    private func seconds(of frame: Int64) -> Double { Double(frame - start) * unit }

    /// The number of the frame that is seen at a time: the last that is not later; the first for what lies before it.
    /// - Parameter seconds: from the start.
    func number(at seconds: Double) -> Int {
        max(0, frames.partition(above: start + Int64((seconds / unit + 1e-6).rounded(.down))) - 1)
    }

    /// The key frame that decoding has to begin at for a frame; `nil` when none comes before it.
    func keyFrame(for frame: Int64) -> Int64? {
        let after = keyFrames.partition(above: frame)
        return after > 0 ? keyFrames[after - 1] : nil
    }

    /// Whether a key frame is one that nothing behind it looks back past.
    func isRefresh(_ key: Int64) -> Bool {
        let after = refreshes.partition(above: key)
        return after > 0 && refreshes[after - 1] == key
    }
}

extension [Int64] {
    /// In an ascending array the first place with more than a value.
    func partition(above value: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
