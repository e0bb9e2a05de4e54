/// The width of a stereo image.
struct Width: MatrixEffect {
    var width = 1.0

    static let type = "width"
    static let summary = "Changes the width of a stereo image by the level of its side signal."
    static let parameters: [Parameter<Width>] = [
        .automatable("width", \.width, in: 0...4, "0 is mono, 1 leaves the image as it is, 2 doubles the side signal.")
    ]

    /// Middle (L + R) / 2 plus and minus the scaled side (L - R) / 2.
    var matrix: StereoMatrix {
        let (same, other) = (Float((1 + width) / 2), Float((1 - width) / 2))
        return StereoMatrix(leftFromLeft: same, leftFromRight: other, rightFromLeft: other, rightFromRight: same)
    }
}
