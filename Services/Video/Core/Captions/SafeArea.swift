/// What part of a picture a platform keeps free of its own buttons and names.
package enum SafeArea: String, CaseIterable, Sendable {
    /// The part that every screen shows.
    case standard
    case youtube, shorts, tiktok, reels, x, linkedin
    /// To the very edge.
    case none

    /// Parts of the picture's width and height that are kept free.
    package struct Insets: Sendable, Hashable {
        package let left: Double
        package let right: Double
        package let top: Double
        package let bottom: Double
    }

    /// Sources: SMPTE ST 2046-1 (title safe: nine tenths of width and height) for those that show the picture alone; the platforms'
    /// guides to advertisers for those that write over it: Meta, "About safe zones for stories and reels ads" (14 % above, 35 %
    /// below, 6 % at the sides); TikTok, "In-feed ads: safe zone" (of 540 × 960: 126 above, 200 below, 44 left, 120 right);
    /// Google, "Shorts ad assets: safe area" (of 1080 × 1920: 288 above, 672 below, 48 left, 192 right).
    package var insets: Insets {
        switch self {
        case .standard, .youtube, .x, .linkedin: Insets(left: 0.05, right: 0.05, top: 0.05, bottom: 0.05)
        case .shorts: Insets(left: 48 / 1080, right: 192 / 1080, top: 288 / 1920, bottom: 672 / 1920)
        case .tiktok: Insets(left: 44 / 540, right: 120 / 540, top: 126 / 960, bottom: 200 / 960)
        case .reels: Insets(left: 0.06, right: 0.06, top: 0.14, bottom: 0.35)
        case .none: Insets(left: 0, right: 0, top: 0, bottom: 0)
        }
    }

    /// Pixels that text keeps from the sides of a picture, and from the edge that it stands at.
    package func margins(width: Int, height: Int, isTop: Bool) -> (left: Int, right: Int, vertical: Int) {
        let insets = insets
        func pixels(_ part: Double, _ whole: Int) -> Int { Int((part * Double(whole)).rounded()) }
        return (pixels(insets.left, width), pixels(insets.right, width), pixels(isTop ? insets.top : insets.bottom, height))
    }
}
