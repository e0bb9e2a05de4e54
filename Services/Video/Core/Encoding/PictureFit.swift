/// How pictures come into a size of another shape.
enum PictureFit: String, CaseIterable, Sendable {
    /// As large as it goes inside, so that one side may stay smaller.
    case inside
    /// Inside, with bars that fill the rest.
    case pad
    /// As large as needed to fill it; what is too much is cut off at both sides.
    case crop
}

/// A size in square pixels.
struct PictureSize: Sendable, Hashable {
    var width: Int
    var height: Int

    /// Both even, as video of half the colour resolution needs it; at least 2.
    static func even(_ width: Double, _ height: Double) -> PictureSize {
        PictureSize(width: max(2, Int((width / 2).rounded()) * 2), height: max(2, Int((height / 2).rounded()) * 2))
    }
}

/// What size pictures get, and what is done to them for it.
struct PictureShape: Sendable, Hashable {
    /// Before bars are added or edges cut off.
    let scaled: PictureSize
    /// What comes out.
    let result: PictureSize

    init(scaled: PictureSize, result: PictureSize) { (self.scaled, self.result) = (scaled, result) }

    /// - Parameters:
    ///   - shown: the picture as it is shown: upright, of square pixels.
    ///   - width: wanted; `nil` for any. `height` likewise.
    ///   - enlarges: whether small pictures are made larger where they only have to go inside.
    init(shown: PictureSize, width: Int?, height: Int?, fit: PictureFit, enlarges: Bool) {
        let (ownWidth, ownHeight) = (Double(shown.width), Double(shown.height))
        let (byWidth, byHeight) = (width.map { Double($0) / ownWidth }, height.map { Double($0) / ownHeight })
        let factors = [byWidth, byHeight].compactMap { $0 }
        guard let smallest = factors.min(), let largest = factors.max() else {
            scaled = .even(ownWidth, ownHeight)
            result = scaled
            return
        }
        let wanted = fit == .crop ? largest : smallest
        // A size to be met exactly is worth enlarging for; bars all around are not wanted.
        let factor = enlarges || fit != .inside ? wanted : min(1, wanted)
        scaled = .even(ownWidth * factor, ownHeight * factor)
        guard fit != .inside, let width, let height else {
            result = scaled
            return
        }
        result = .even(Double(width), Double(height))
    }

    /// The filters, in libavfilter's own form, that cut off or fill up what is scaled.
    var edges: [String] {
        if result == scaled { return [] }
        if scaled.width >= result.width, scaled.height >= result.height {
            return ["crop=\(result.width):\(result.height)"]
        }
        return ["pad=\(result.width):\(result.height):-1:-1"]
    }
}
