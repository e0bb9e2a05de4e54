/// The sound of one track, at the rate of the mix.
package protocol MixInput: AnyObject {
    /// 1 or 2.
    var channels: Int { get }
    /// The next frames, by channel, valid until the next call; `nil` at the end.
    func next() throws -> [UnsafeBufferPointer<Float>]?
    /// Begins anew.
    func rewind() throws
}

/// A track with what of it has been read and not yet mixed.
final class TrackFeed {
    private let stage: TrackStage
    private let input: any MixInput
    private var pending: [UnsafeBufferPointer<Float>] = []
    private var taken = 0
    /// Where the next frame belongs in the mix.
    private var cursor: Int
    private var hasEnded = false
    /// Frames since the beginning of the sound; a sound without any can not loop.
    private var sinceRewind = 0

    init(_ stage: TrackStage, _ input: any MixInput) {
        (self.stage, self.input) = (stage, input)
        cursor = stage.start
    }

    var track: MixTrack { stage.track }

    /// Adds what belongs into some frames of the mix.
    /// - Parameters:
    ///   - frames: of the mix; they follow those of the call before.
    ///   - buses: where to add it, each by output channel, their first frame being the first of `frames`.
    func add(_ frames: Range<Int>, to buses: [[UnsafeMutablePointer<Float>]]) throws {
        while cursor < frames.upperBound, try refill() {
            let count = min(pending[0].count - taken, frames.upperBound - cursor)
            let planes = pending.map { UnsafeBufferPointer(rebasing: $0[taken..<taken + count]) }
            for bus in buses { stage.add(planes, at: cursor, to: bus, from: frames.lowerBound) }
            taken += count
            cursor += count
        }
    }

    /// - Returns: whether something is pending.
    private func refill() throws -> Bool {
        while !hasEnded, taken == (pending.first?.count ?? 0) {
            taken = 0
            if let planes = try input.next() {
                pending = planes
                sinceRewind += planes[0].count
            } else if track.loops, sinceRewind > 0 {
                (pending, sinceRewind) = ([], 0)
                try input.rewind()
            } else {
                (pending, hasEnded) = ([], true)
            }
        }
        return !hasEnded
    }
}
