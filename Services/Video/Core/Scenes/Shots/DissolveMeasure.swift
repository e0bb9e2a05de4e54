/// How much a stretch of frames looks like one picture turning into another.
///
/// In a dissolve every frame is a mixture of the pictures at both ends, `A + α (B − A)`, with α rising evenly from 0 to 1, and
/// outside of it α stands still. Camera motion leaves the line between A and B, goes on outside, or B is A shifted.
/// Source of the model: A. Hanjalic, "Shot-boundary detection: unraveled and resolved?", IEEE Trans. CSVT 12 (2002).
struct DissolveMeasure {
    /// Least mean difference of the two pictures, 0 to 255.
    private static let leastDistance: Float = 9
    /// How far α may be from an even rise, and how much it may move outside of the stretch.
    private static let (unevenness, drift): (Float, Float) = (0.16, 0.22)
    /// The largest share of a frame's difference that is no mixture.
    private static let largestRemainder: Float = 0.25
    /// How alike the two pictures may be.
    private static let largestLikeness: Float = 0.48
    /// How much frames change inside as against outside, at least.
    private static let leastLiveliness: Float = 0.6
    /// The sum of all that speaks against a dissolve, at most.
    private static let largestDoubt: Float = 0.8

    /// What speaks against a dissolve; 0 for a perfect one.
    let doubt: Float

    /// - Parameters:
    ///   - first: the last frame of the scene before; `last`: the first of the scene after.
    ///   - pictures: gives a frame's picture; `nil` where there is none, or where another scene lies.
    ///   - changes: gives how much a frame differs from the one before it.
    /// - Returns: `nil` when it is none.
    init?(_ first: Int, _ last: Int, pictures: (Int) -> BlockPicture?, changes: (Int) -> Float) {
        guard let start = pictures(first), let end = pictures(last), start.distance(to: end) >= Self.leastDistance else {
            return nil
        }
        let count = start.values.count
        var (line, square) = ([Float](repeating: 0, count: count), Float(0))
        for index in 0..<count {
            line[index] = end.values[index] - start.values[index]
            square += line[index] * line[index]
        }
        /// Where a picture lies between the two, and the share of it that lies beside.
        func place(_ picture: BlockPicture) -> (share: Float, remainder: Float) {
            var (along, whole): (Float, Float) = (0, 0)
            for index in 0..<count {
                let difference = picture.values[index] - start.values[index]
                along += difference * line[index]
                whole += difference * difference
            }
            let share = along / square
            return (share, max(0, whole / square - share * share))
        }
        let length = last - first
        var (uneven, remainder): (Float, Float) = (0, 0)
        // The middle and the quarters first: they tell most that are none.
        let order = [first + length / 2, first + length / 4, last - length / 4] + Array(first + 1..<last)
        for frame in order {
            guard let picture = pictures(frame) else { return nil }
            let found = place(picture)
            uneven = max(uneven, abs(found.share - Float(frame - first) / Float(length)))
            remainder = max(remainder, found.remainder)
            guard uneven <= Self.unevenness, remainder <= Self.largestRemainder else { return nil }
        }
        var (before, after): (Float, Float) = (0, 0)
        let reach = max(3, length / 4)
        for distance in 1...reach {
            if let picture = pictures(first - distance) { before = max(before, abs(place(picture).share)) }
            if let picture = pictures(last + distance) { after = max(after, abs(place(picture).share - 1)) }
        }
        guard before <= Self.drift, after <= Self.drift, start.likeness(to: end) <= Self.largestLikeness else { return nil }
        func mean(_ frames: ClosedRange<Int>) -> Float { frames.reduce(0) { $0 + changes($1) } / Float(frames.count) }
        let outside = max(mean(first - max(3, length / 3)...first), mean(last + 1...last + max(4, length / 3)))
        guard mean(first + 1...last) >= Self.leastLiveliness * (outside + 0.15) else { return nil }
        doubt = uneven + remainder + before + after + max(0, start.likenessUnderMotion(to: end))
        guard doubt <= Self.largestDoubt else { return nil }
    }
}
