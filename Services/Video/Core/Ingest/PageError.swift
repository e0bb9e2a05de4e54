import AudioAPI
import Jobs
import Primitives

/// Why what a web page shows can not be fetched.
enum PageError: CodedError, Equatable {
    case notAURL
    case noDownloader
    /// yt-dlp finds nothing on it.
    case nothingShown
    /// A list, a channel, or a page with several videos.
    case severalVideos
    /// A stream that goes on has no end to wait for.
    case isLive
    /// A server at an address that may not be asked.
    case refusedAddress
    /// Seconds that it may take; what came is not kept, for yt-dlp begins anew.
    case tooSlow(Double)
    /// What yt-dlp says.
    case failed(String)

    var code: String {
        switch self {
        case .notAURL: "invalid-url"
        case .noDownloader: "tool-missing"
        case .nothingShown: "page-without-video"
        case .severalVideos: "page-with-several-videos"
        case .isLive: "page-is-live"
        case .refusedAddress: "refused-address"
        case .tooSlow: "url-too-slow"
        case .failed: "page-failed"
        }
    }

    var message: String {
        switch self {
        case .notAURL: "page is no URL of http or https without user name"
        case .noDownloader: "yt-dlp is not installed: run deploy/install yt-dlp and start the service again"
        case .nothingShown: "yt-dlp finds no video on the page"
        case .severalVideos: "the page shows several videos: give the address of each"
        case .isLive: "the page shows a live stream, which has no end yet"
        case .refusedAddress: "the page leads to a server at a private address"
        case .tooSlow(let seconds): "the video was not there within \(seconds.rounded(decimals: 1)) s"
        case .failed(let sentence): "yt-dlp: \(sentence)"
        }
    }

    /// What yt-dlp's errors mean, which it has as sentences only.
    /// - Parameters:
    ///   - errors: its standard error.
    ///   - exit: how it ended.
    static func reading(_ errors: String, _ exit: ChildProcess.Exit) -> any CodedError {
        let lines = errors.split(separator: "\n")
        let line = lines.last { $0.hasPrefix("ERROR:") }?.dropFirst(6) ?? lines.last ?? ""
        let visible = line.unicodeScalars.filter { ![.control, .format].contains($0.properties.generalCategory) }
        let cleaned = String(String.UnicodeScalarView(visible)).trimmed
        if cleaned.contains("not allowed by ruleset") { return PageError.refusedAddress }
        if cleaned.contains("No space left on device") { return IngestError.diskFull }
        if cleaned.contains("Unsupported URL") { return PageError.nothingShown }
        if let range = cleaned.firstRange(of: "HTTP Error "), let status = Int(cleaned[range.upperBound...].prefix(3)) {
            return IngestError.answered(status)
        }
        return PageError.failed(cleaned.isEmpty ? "ended with \(exit) and said nothing" : String(cleaned.prefix(300)))
    }
}
