import CLibAV

/// Decodes a video for those that compare each frame with the one before it, and passes over frames that hardly add to that.
///
/// Passed over are frames that no other builds on, unless their packet is large for what they are, or the frame that is decoded
/// next brings something new: a key frame, or a packet that is larger than usual. Where more is recalled than it pays to pass over,
/// nothing is passed over for a while.
package final class VideoSkimmer {
    /// How many times as large as usual the packet of a frame is that brings something new.
    private static let novelty = 2.5
    /// The share of a packet in the usual size.
    private static let memory = 1 / 8.0
    /// Packets after a key frame from which nothing is passed over: recalling begins at that frame.
    private static let reach = 500
    /// Frames that recalling may go through before passing them over must have paid for it.
    private static let patience = 500.0
    /// What passing over a frame saves, in frames that recalling goes through: others build on some of those.
    private static let saving = 0.5
    /// How much of its debt each packet is forgiven while nothing is passed over: it is tried again at length.
    private static let forgiveness = 0.05

    /// A frame, and what was passed over before it.
    package struct Step {
        /// Seconds from the start, ascending.
        package let passed: [Double]
        /// `nil` at the end, where frames were passed over after the last one.
        package let frame: VideoFrame?
    }

    private let path: String
    private let decoding: VideoDecoding
    private let decoder: VideoDecoder
    private let index: FrameIndex
    /// The number of the next frame.
    private var place: Int
    /// Times of frames that the decoder may pass over.
    private var passable: Set<Int64> = []
    private var isDraining = false
    /// The latest time of a packet that was read, and of one that brings something new.
    private var (latest, latestNew) = (Int64.min, Int64.min)
    /// Bytes of a packet whose frame comes after all that were read before it.
    private var usualSize = 0.0
    /// Packets since that of the last key frame.
    private var packetsSinceKey = 0
    /// Frames that recalling went through and passing over has not paid for.
    private var debt = 0.0

    /// - Parameters:
    ///   - path: of the video.
    ///   - decoding: see `VideoDecoding`.
    /// - Returns: `nil` where frames can not be told apart by their times, or are made of two fields.
    /// - Throws: `MediaError` as opening does.
    package init?(path: String, decoding: VideoDecoding) throws(MediaError) {
        decoder = try MediaReader(path: path).videoDecoder(decoding)
        guard let index = try? FrameIndex(path: path) else { return nil }
        (self.path, self.decoding, self.index, place) = (path, decoding, index, index.number(at: 0))
        let order = decoder.stream.pointee.codecpar.pointee.field_order
        guard order == AV_FIELD_PROGRESSIVE || order == AV_FIELD_UNKNOWN, !index.isDecodeOrder, index.clockJumps == 0,
            zip(index.frames, index.frames.dropFirst()).allSatisfy({ $0 < $1 })
        else { return nil }
    }

    /// The next frame that is decoded.
    /// - Returns: `nil` after the last.
    /// - Throws: `MediaError` as `VideoDecoder.next` does.
    package func next() throws(MediaError) -> Step? {
        while true {
            if let frame = try decoder.receive() {
                let time = frame.pointee.best_effort_timestamp
                let passed = pass { $0 < time }
                if place < index.frames.count, index.frames[place] == time { place += 1 }
                passable.remove(time)
                return Step(passed: passed, frame: try decoder.placed(frame))
            }
            if isDraining { break }
            if try decoder.readPacket() {
                choose()
                try decoder.send()
            } else {
                isDraining = true
                decoder.drain()
            }
        }
        guard decoder.hasGiven else { throw decoder.noFrames }
        let passed = pass { _ in true }
        return passed.isEmpty ? nil : Step(passed: passed, frame: nil)
    }

    /// Decodes frames that were passed over. All from the key frame before them on is gone through: many are best recalled at once.
    /// - Parameter passed: their times as `Step` tells them, ascending.
    /// - Throws: `MediaError` as opening does.
    package func recall(_ passed: [Double]) throws(MediaError) -> FrameSampler {
        if let first = passed.first, let last = passed.last {
            let key = index.keyFrame(for: index.frames[index.number(at: first)]) ?? 0
            debt += Double(index.number(at: last) + 1 - index.frames.partition(above: key - 1))
        }
        return try FrameSampler(path: path, index: index, times: passed, decoding: decoding)
    }

    /// Goes on in the index; what was not to be passed over is damaged.
    private func pass(while isPassed: (Int64) -> Bool) -> [Double] {
        let first = place
        while place < index.frames.count, isPassed(index.frames[place]) { place += 1 }
        let passed = index.frames[first..<place].filter { passable.remove($0) != nil }
        debt = max(0, debt - Self.saving * Double(passed.count))
        return passed.map { Double($0 - decoder.start) * decoder.unit }
    }

    /// Decides whether the packet that was read may be passed over.
    private func choose() {
        let (time, size) = (decoder.packet.pointee.pts, Double(decoder.packet.pointee.size))
        // Where others come before it, it is judged by those: packets of frames that no other builds on are smaller.
        var isLarge = size > usualSize
        let isKey = decoder.packet.pointee.flags & AV_PKT_FLAG_KEY != 0
        packetsSinceKey = isKey ? 0 : packetsSinceKey + 1
        let isDear = debt > Self.patience
        if isDear { debt -= Self.forgiveness }
        if time > latest {
            latest = time
            isLarge = isKey || size > Self.novelty * usualSize
            if isLarge { latestNew = time }
            usualSize += (size - usualSize) * Self.memory
        }
        let isNeeded = isLarge || time <= latestNew || isDear || packetsSinceKey > Self.reach
        if !isNeeded { passable.insert(time) }
        decoder.codec.pointee.skip_frame = isNeeded ? AVDISCARD_DEFAULT : AVDISCARD_NONREF
    }
}
