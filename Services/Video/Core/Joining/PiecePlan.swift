import Media

/// The pieces that a video is cut into.
struct PiecePlan {
    struct Piece: Sendable {
        /// Seconds from the start of the video; the last piece has no end.
        let range: Range<Double>
        /// Whether its packets can be taken as they are: it and the next one begin with key frames that nothing looks back past.
        let isWhole: Bool
        /// The same seconds by the clock that the file's sound shares. The first piece begins with the file, whatever does first.
        let fileRange: Range<Double>
    }

    /// Seconds that a key frame may be off a cut: containers round times.
    private static let tolerance = 0.002

    let pieces: [Piece]

    /// - Parameters:
    ///   - cuts: seconds, in any order; those at the beginning or behind the end make no piece.
    ///   - movesToKeyFrames: whether a cut goes to the key frame before it: to one that can be copied from, so that nothing has to
    ///     be encoded, where the video has such.
    init(cuts: [Double], index: FrameIndex, movesToKeyFrames: Bool) {
        let refreshes = index.refreshTimes
        let keys = refreshes.contains { $0 > Self.tolerance } ? refreshes : index.keyFrameTimes
        var starts = [0.0]
        for cut in cuts.sorted() where cut <= index.lastTime {
            let start =
                movesToKeyFrames
                ? keys.last { $0 <= cut + Self.tolerance } ?? 0
                : refreshes.first { abs($0 - cut) <= Self.tolerance } ?? cut
            if let last = starts.last, start > last + Self.tolerance { starts.append(start) }
        }
        pieces = starts.indices.map { place in
            let (isLast, start) = (place + 1 == starts.count, starts[place])
            let end = isLast ? .infinity : starts[place + 1]
            return Piece(
                range: start..<end, isWhole: (place == 0 || refreshes.contains(start)) && (isLast || refreshes.contains(end)),
                fileRange: (place == 0 ? 0 : start + index.offset)..<end + index.offset)
        }
    }
}
