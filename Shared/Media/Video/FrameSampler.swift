import CLibAV

/// Decodes chosen frames of a video and as little as possible of the rest.
///
/// Decoding begins at the key frame before a wanted frame and ends with its packet; on the way, frames that no other builds on are
/// left out, and so is everything up to the next key frame that is needed.
package final class FrameSampler {
    /// Seconds of media that are rather read over than sought past.
    private static let shortGap = 4.0
    /// Seconds before a key frame that are sought: containers without a list of key frames go by when packets are decoded.
    private static let margin = 1.5
    /// Packets that are read on at most until the frames of a group are out.
    private static let patience = 32

    private struct Group {
        /// The key frame that it begins with; `nil` for the file's beginning.
        let key: Int64?
        /// Those of its frames whose packets are yet to come.
        var wanted: [Int64]
        /// All of them, where the decoder is not emptied before they are out; otherwise none.
        var held: [Int64] = []
    }

    private let decoder: VideoDecoder
    private var groups: [Group] = []
    /// The times of the wanted frames in the stream's own unit, or their numbers.
    private var wanted: Set<Int64>
    /// Whether frames are known by their number alone: then all are decoded.
    private let countsFrames: Bool
    /// Where the file's clock jumps: everything is read then, and its times are repaired as those of the index are.
    private var clock: PacketClock?
    private var count: Int64 = 0
    private var hasBegun = false
    private var isDraining = false
    private var isWaitingForKey = false
    /// Whether the way to that key frame was sought.
    private var hasSought = false
    /// Key frames that the decoder was given since it began; the next group may begin with one while the last still has pictures
    /// to come, which are shown before it.
    private var keysGiven: Set<Int64> = []
    /// Packets that were read on for the frames of a group.
    private var extraPackets = 0
    /// The latest time of a packet that was read.
    private var lastPacket: Int64 = 0

    /// Of the frames.
    package var format: VideoFormat { decoder.format }
    /// Degrees, clockwise, that players turn the picture by.
    package var rotation: Int { decoder.rotation }
    /// How the colours are to be shown.
    package var color: MediaInfo.Color { decoder.color }

    /// - Parameters:
    ///   - path: of the video.
    ///   - index: of its frames.
    ///   - times: seconds from the start, in any order; each gives the frame that is seen then, and several of one frame one.
    /// - Throws: `MediaError` as opening and decoding do.
    package init(
        path: String, index: FrameIndex, times: [Double], decoding: VideoDecoding = VideoDecoding()
    ) throws(MediaError) {
        decoder = try MediaReader(path: path).videoDecoder(decoding)
        let numbers = Set(times.map(index.number)).sorted()
        countsFrames = index.isDecodeOrder
        clock = index.clockJumps > 0 ? PacketClock(decoder.reader, decoder.stream) : nil
        wanted = Set(numbers.map { index.isDecodeOrder ? Int64($0) : index.frames[$0] })
        if index.isDecodeOrder {
            groups = [Group(key: nil, wanted: Array(wanted))]
        } else {
            for number in numbers {
                let (frame, key) = (index.frames[number], index.keyFrame(for: index.frames[number]))
                if let last = groups.last, last.key == key {
                    groups[groups.count - 1].wanted.append(frame)
                } else {
                    groups.append(Group(key: key, wanted: [frame]))
                }
                // Emptied early, H.264's decoder holds back what follows a key frame that is no refresh.
                if let key, !index.isRefresh(key), decoder.codec.pointee.codec_id == AV_CODEC_ID_H264 {
                    groups[groups.count - 1].held.append(frame)
                }
            }
        }
        groups.reverse()
    }

    /// The next wanted frame in order of time, one picture of its two fields where it has such. Frames that can not be decoded are
    /// passed over.
    /// - Returns: `nil` after the last.
    /// - Throws: `MediaError`.
    package func next() throws(MediaError) -> VideoFrame? {
        while true {
            if let frame = try receive() { return frame }
            guard !groups.isEmpty else { return nil }
            if isDraining || !hasBegun { try begin() }
            try feed()
        }
    }

    /// A wanted frame that the decoder has ready.
    private func receive() throws(MediaError) -> VideoFrame? {
        guard hasBegun else { return nil }
        while let frame = try decoder.receive() {
            defer { count += 1 }
            if wanted.remove(countsFrames ? count : frame.pointee.pts) != nil {
                return try decoder.placed(frame).withoutFields(decoder.format)
            }
            var unwanted: UnsafeMutablePointer<AVFrame>? = frame
            av_frame_free(&unwanted)
        }
        // Nothing is ready: where the decoder was emptied, its group is done.
        if isDraining, !groups.isEmpty { groups.removeLast() }
        return nil
    }

    /// Goes to the key frame of the next group.
    private func begin() throws(MediaError) {
        if hasBegun { decoder.restart() }
        (hasBegun, isDraining) = (true, false)
        (keysGiven, extraPackets) = ([], 0)
        guard let key = groups[groups.count - 1].key else { return }
        isWaitingForKey = true
        let gap = Double(key - max(lastPacket, decoder.start)) * decoder.unit
        if gap > Self.shortGap, clock == nil { try seek(to: key - Int64(Self.margin / decoder.unit)) }
    }

    private func seek(to time: Int64) throws(MediaError) {
        let status = av_seek_frame(
            decoder.reader.context, decoder.stream.pointee.index, max(time, decoder.start), AVSEEK_FLAG_BACKWARD)
        guard status >= 0 else { throw decoder.reader.input.cause() ?? .corrupt(status) }
        hasSought = true
    }

    /// Gives the decoder the next packet that is needed, or tells it that the group has ended.
    private func feed() throws(MediaError) {
        guard let group = groups.last else { return }
        if !countsFrames, group.wanted.isEmpty {
            if groups.count > 1, let next = groups[groups.count - 2].key, keysGiven.contains(next) {
                // The decoder is at work on the next group already: it goes on.
                groups.removeLast()
                extraPackets = 0
                return
            }
            guard extraPackets < Self.patience, group.held.contains(where: wanted.contains) else { return drain() }
            extraPackets += 1
        }
        guard !(countsFrames && wanted.isEmpty), try decoder.readPacket() else { return drain() }
        clock?.place(decoder.packet)
        if countsFrames { return try decoder.send() }
        let time = FrameIndex.time(of: decoder.packet)
        guard time != avs_no_pts else { return }
        lastPacket = max(lastPacket, time)
        if isWaitingForKey {
            if hasSought, let key = group.key, time > key, decoder.packet.pointee.flags & AV_PKT_FLAG_KEY != 0 {
                // The search went too far: from the beginning then, without searching.
                try seek(to: decoder.start)
                hasSought = false
                return
            }
            guard time == group.key else { return }
            (isWaitingForKey, hasSought) = (false, false)
        }
        decoder.packet.pointee.pts = time
        let isWanted = wanted.contains(time)
        decoder.codec.pointee.skip_frame = isWanted ? AVDISCARD_DEFAULT : AVDISCARD_NONREF
        try decoder.send()
        if decoder.packet.pointee.flags & AV_PKT_FLAG_KEY != 0 { keysGiven.insert(time) }
        guard isWanted, let place = groups.lastIndex(where: { $0.wanted.contains(time) }) else { return }
        groups[place].wanted.removeAll { $0 == time }
    }

    private func drain() {
        isDraining = true
        decoder.drain()
    }
}
