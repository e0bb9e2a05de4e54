/// How a picture's samples code colours.
package struct PictureColors: Sendable, Hashable {
    /// What red and blue weigh in luma.
    private struct Weights: Hashable {
        let red: Double
        let blue: Double
    }

    /// `nil` for pictures of red, green and blue.
    private let weights: Weights?
    private let isFullRange: Bool
    private let white: Double

    /// Red, green and blue themselves.
    package static let rgb = PictureColors(weights: nil, isFullRange: true, white: 1)

    /// - Parameters:
    ///   - space: the matrix as media name it: `bt709`, `bt2020nc`; everything else is taken for BT.601.
    ///   - isFullRange: whether 0 to 255 are all used.
    ///   - white: the part of the signal that white is; less than 1 where the signal goes up to more light than paper gives.
    /// Source: ITU-R BT.601, BT.709 and BT.2020, the definitions of luma.
    package static func luma(space: String, isFullRange: Bool, white: Double = 1) -> PictureColors {
        let weights =
            switch space {
            case "bt709": Weights(red: 0.2126, blue: 0.0722)
            case "bt2020nc", "bt2020c": Weights(red: 0.2627, blue: 0.0593)
            default: Weights(red: 0.299, blue: 0.114)
            }
        return PictureColors(weights: weights, isFullRange: isFullRange, white: white)
    }

    /// The three samples of a colour at eight bits.
    package func samples(_ color: TextColor) -> [UInt8] {
        guard let weights else { return [color.red, color.green, color.blue] }
        let (red, green, blue) = (white * Double(color.red), white * Double(color.green), white * Double(color.blue))
        let luma = weights.red * red + (1 - weights.red - weights.blue) * green + weights.blue * blue
        let chroma = [(blue - luma) / (2 - 2 * weights.blue), (red - luma) / (2 - 2 * weights.red)]
        let (light, span) = isFullRange ? (luma, 1.0) : (16 + luma * 219 / 255, 224.0 / 255)
        return ([light] + chroma.map { 128 + $0 * span }).map { UInt8(max(0, min(255, $0.rounded()))) }
    }
}
