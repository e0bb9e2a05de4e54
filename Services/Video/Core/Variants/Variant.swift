import Media
import Primitives

/// One of several videos made of one: what was drawn for it, and how that is done.
struct Variant: Sendable {
    /// From 0.
    let index: Int
    let values: [VariantParameter: Double]

    init(index: Int, seed: Int, ranges: VariantRanges) {
        (self.index, values) = (index, ranges.draw(seed: seed, index: index))
    }

    subscript(_ parameter: VariantParameter) -> Double { values[parameter] ?? parameter.neutral }

    /// The part of the source that is taken, seconds.
    /// - Parameter duration: of the source; `nil` where nothing is taken off its end.
    /// - Throws: `VideoError.outputSetting` when nothing would be left.
    func window(duration: Double?) throws(VideoError) -> Range<Double> {
        let start = self[.trimStart]
        guard let duration else { return start..<Double.infinity }
        let end = duration - self[.trimEnd]
        guard end - start >= 0.1 else {
            throw .outputSetting(
                "nothing would be left of \(duration.rounded(decimals: 2)) s: trim_start_s and trim_end_s are too long")
        }
        return start..<(self[.trimEnd] > 0 ? end : .infinity)
    }

    /// What is done to the pictures of a source.
    func wishes(_ source: FrameSource) -> VideoChain.Wishes {
        var wishes = VideoChain.Wishes()
        let shown = VideoChain.shown(source)
        let (width, height) = (Double(shown.width), Double(shown.height))
        var (inner, size) = ([String](), shown)
        if self[.crop] > 0 {
            size = .even(width * (1 - self[.crop]), height * (1 - self[.crop]))
            let (x, y) = (Double(shown.width - size.width) * self[.cropX], Double(shown.height - size.height) * self[.cropY])
            // Colours have half the resolution: an odd place would shift them against the light.
            inner.append("crop=\(size.width):\(size.height):\(Int(x / 2) * 2):\(Int(y / 2) * 2)")
        }
        if self[.flip] > 0 { inner.append("hflip") }
        let light = [VariantParameter.contrast, .brightness, .saturation, .gamma].filter { self[$0] != $0.neutral }
        if !light.isEmpty { inner.append("eq=" + light.map { "\($0.rawValue)=\(self[$0])" }.joined(separator: ":")) }
        if self[.hue] != 0 { inner.append("hue=h=\(self[.hue])") }
        (wishes.inner, wishes.innerSize) = (inner, size)
        let whole = PictureSize.even(width * self[.scale], height * self[.scale])
        let inside = 1 - self[.padding]
        wishes.shape = PictureShape(
            scaled: .even(Double(whole.width) * inside, Double(whole.height) * inside), result: whole)
        wishes.speed = self[.speed]
        if wishes.speed != 1 { wishes.frameRate = source.frameRate }
        return wishes
    }

    /// What is done to the sound. The pitch stays: time is stretched by overlapping waves (WSOLA).
    var soundFilters: String { self[.speed] == 1 ? "" : "atempo=\(self[.speed])" }

    /// The values by name.
    var document: [String: JSONValue] {
        Dictionary(VariantParameter.allCases.map { ($0.rawValue, JSONValue.number(self[$0])) }) { first, _ in first }
    }
}
