import Media

/// What a platform takes at its best, as data: what a person does not say comes from here.
struct PlatformPreset: Sendable {
    enum Name: String, CaseIterable, Sendable {
        case custom, youtube, shorts, tiktok, reels, x, linkedin, archive
    }

    var container = MediaContainer.mp4
    var codec = VideoCodec.h264
    var quality = 20.0
    var speed = EncodingSpeed.medium
    /// Pixels at most; both with a shape that is kept by `fit`.
    var width: Int?
    var height: Int?
    var fit = PictureFit.inside
    /// Frames a second at most; with it, one rate throughout.
    var highestFrameRate: Double?
    /// Seconds from key frame to key frame.
    var longestGroup: Double? = 2
    /// Bits per second that are not exceeded.
    var highestRate: Int?
    var profile: String? = "high"
    /// Bits per second of the sound; `nil` copies it.
    var audioRate: Int? = 192_000

    static func named(_ name: Name) -> PlatformPreset {
        switch name {
        case .custom:
            PlatformPreset(quality: 23, longestGroup: nil, profile: nil, audioRate: 160_000)
        // Source: YouTube Help, "Recommended upload encoding settings": closed groups of half the frame rate, High, AAC 384 kbit/s.
        case .youtube:
            PlatformPreset(
                quality: 18, width: 3840, height: 2160, highestFrameRate: 60, longestGroup: 0.5, audioRate: 384_000)
        case .shorts:
            PlatformPreset(width: 1080, height: 1920, fit: .pad, highestFrameRate: 60, longestGroup: 1, audioRate: 192_000)
        // Source: TikTok for Developers, "Video restrictions": 23 to 60 frames a second, 360 to 4096 pixels.
        case .tiktok:
            PlatformPreset(width: 1080, height: 1920, fit: .pad, highestFrameRate: 60, highestRate: 16_000_000)
        // Source: Meta for Developers, "IG User Media: Reel specifications": at most 1920 columns, 60 frames a second, 25 Mbit/s,
        // closed groups, AAC 128 kbit/s.
        case .reels:
            PlatformPreset(
                width: 1080, height: 1920, fit: .pad, highestFrameRate: 60, highestRate: 25_000_000, audioRate: 128_000)
        // Source: X Developer Platform, "Media best practices": 40 frames a second, 25 Mbit/s, closed groups, High, AAC LC.
        case .x:
            PlatformPreset(
                width: 1920, height: 1080, highestFrameRate: 40, highestRate: 25_000_000, audioRate: 128_000)
        // Source: LinkedIn Help, "Video ads specifications": 30 frames a second, 192 kbit/s to 30 Mbit/s.
        case .linkedin:
            PlatformPreset(width: 1920, height: 1080, highestFrameRate: 30, highestRate: 30_000_000)
        case .archive:
            PlatformPreset(
                container: .mkv, codec: .h265, quality: 18, speed: .slow, longestGroup: nil, profile: nil, audioRate: nil)
        }
    }
}
