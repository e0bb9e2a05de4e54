import Media
import VideoText

/// Colours of text that can be read on what is behind it.
/// Source: W3C, Web Content Accessibility Guidelines 2.1, 1.4.3 and the definition of contrast ratio.
struct TextContrast {
    /// What large text needs at least, wherever it stands.
    private static let enough = 3.0

    let color: TextColor
    let outline: TextColor
    /// Between the letters and what is behind them, 1 to 21, where it is least but for a tenth.
    let ratio: Double
    /// Whether the letters need a box behind them.
    let needsBox: Bool

    /// - Parameters:
    ///   - frame: of the pixel format `rgb24`.
    ///   - area: that the text covers, pixels.
    init(_ frame: VideoFrame, area: (x: Int, y: Int, width: Int, height: Int)) {
        var lights: [Double] = []
        if let component = frame.components?.all.first {
            // A few thousand places tell enough.
            let step = max(1, Int((Double(area.width * area.height) / 4000).squareRoot()))
            for y in stride(from: area.y, to: min(frame.height, area.y + area.height), by: step) {
                for x in stride(from: area.x, to: min(frame.width, area.x + area.width), by: step) {
                    let pixel = component.start + y * component.rowStride + x * 3
                    lights.append(TextColor(pixel[0], pixel[1], pixel[2]).luminance)
                }
            }
        }
        lights.sort()
        let (dark, bright) = lights.isEmpty ? (0, 0) : (lights[lights.count / 10], lights[lights.count * 9 / 10])
        let (white, black) = (1.05 / (bright + 0.05), (dark + 0.05) / 0.05)
        let isWhite = white >= black
        (color, outline) = isWhite ? (TextColor(255, 255, 255), TextColor(0, 0, 0)) : (TextColor(0, 0, 0), TextColor(255, 255, 255))
        ratio = max(white, black)
        needsBox = ratio < Self.enough
    }
}
