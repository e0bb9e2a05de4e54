import Media

/// The pieces that a video is cut into.
struct PiecePlan {
    struct Piece: Sendable {
        /// Seconds from the file's second 0; the last piece has no end.
        let range: Range<Double>
        /// Whether it begins with a key frame and the next one does, so that its packets can be taken as they are.
        let isWhole: Bool
    }

    /// Seconds that a key frame may be off a cut: containers round times.
    private static let tolerance = 0.002

    let pieces: [Piece]

    /// - Parameters:
    ///   - cuts: seconds, in any order; those at the beginning or behind the end make no piece.
    ///   - movesToKeyFrames: whether a cut goes to the key frame before it, so that nothing has to be encoded.
    init(cuts: [Double], index: FrameIndex, movesToKeyFrames: Bool) {
        let keys = index.keyFrameTimes
        var starts = [0.0]
        for cut in cuts.sorted() where cut <= index.lastTime {
            let start = movesToKeyFrames ? keys.last { $0 <= cut + Self.tolerance } ?? 0 : cut
            if let last = starts.last, start > last + Self.tolerance { starts.append(start) }
        }
        let areKeys = starts.enumerated().map { place, start in
            place == 0 || keys.contains { abs($0 - start) <= Self.tolerance }
        }
        pieces = starts.indices.map { place in
            let isLast = place + 1 == starts.count
            return Piece(
                range: starts[place]..<(isLast ? .infinity : starts[place + 1]),
                isWhole: areKeys[place] && (isLast || areKeys[place + 1]))
        }
    }
}
