/// The files that the studio writes video into.
package enum MediaContainer: String, Sendable, CaseIterable {
    case mp4, mov, mkv, webm
    /// MPEG transport stream, and the stream that RTMP carries.
    case ts, flv
    /// Fragmented MP4, which needs no end: what a reader may begin with before the rest is there.
    case fragmented

    /// Those that files to keep have; the others are for streams.
    package static let allCases: [MediaContainer] = [.mp4, .mov, .mkv, .webm]

    package var fileExtension: String { self == .fragmented ? "mp4" : rawValue }

    package var mediaType: String {
        switch self {
        case .mp4, .fragmented: "video/mp4"
        case .mov: "video/quicktime"
        case .mkv: "video/x-matroska"
        case .webm: "video/webm"
        case .ts: "video/mp2t"
        case .flv: "video/x-flv"
        }
    }

    /// As the libraries call it.
    var muxer: String {
        switch self {
        case .mp4, .fragmented: "mp4"
        case .mkv: "matroska"
        case .ts: "mpegts"
        case .mov, .webm, .flv: rawValue
        }
    }

    /// Whether it is of QuickTime's family.
    package var isISOMedia: Bool { [.mp4, .mov, .fragmented].contains(self) }

    package func holds(_ codec: VideoCodec) -> Bool {
        switch self {
        case .mp4, .mkv, .fragmented: true
        case .mov: codec == .h264 || codec == .h265
        case .webm: codec == .vp9 || codec == .av1
        case .ts: codec == .h264 || codec == .h265
        case .flv: codec == .h264
        }
    }

    package func holds(_ format: AudioFileFormat) -> Bool {
        switch self {
        case .mp4, .fragmented: [.aac, .mp3, .opus, .flac].contains(format)
        case .mov: [.aac, .mp3, .wav].contains(format)
        case .mkv: true
        case .webm: [.opus, .ogg].contains(format)
        case .ts: [.aac, .mp3, .opus].contains(format)
        case .flv: [.aac, .mp3].contains(format)
        }
    }

    var muxerOptions: [String: String] {
        switch self {
        // The index goes to the front, so that playing can begin before everything is there.
        case .mp4, .mov: ["movflags": "+faststart"]
        case .fragmented: ["movflags": "+empty_moov+default_base_moof+frag_keyframe"]
        case .flv: ["flvflags": "+no_duration_filesize"]
        case .mkv, .webm, .ts: [:]
        }
    }
}
