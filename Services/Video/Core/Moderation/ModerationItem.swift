import Glibc

/// A frame or a caption that is rated.
struct ModerationItem: Sendable {
    enum Source: String, Sendable, CaseIterable {
        case frames, captions
    }

    enum Content: Sendable {
        /// The path of a JPEG.
        case picture(String)
        case text(String)
    }

    /// Bytes of a picture.
    static let largestPicture = 4 << 20

    let content: Content
    /// When it is seen, seconds.
    let time: Double
    /// The time that it stands for: that of a caption, or that to which no other frame is nearer.
    let span: Range<Double>

    var source: Source {
        switch content {
        case .picture: .frames
        case .text: .captions
        }
    }

    /// What it holds while a model is asked about it; a picture that is not there has none.
    var bytes: Int {
        switch content {
        case .text(let text): return text.utf8.count
        case .picture(let path):
            var status = stat()
            return stat(path, &status) == 0 ? Int(status.st_size) : 0
        }
    }

    /// Frames of a film.
    /// - Parameters:
    ///   - paths: of the pictures; `times` of the same, seconds, rising.
    ///   - duration: of the film, seconds.
    static func frames(_ paths: [String], times: [Double], duration: Double) -> [ModerationItem] {
        zip(paths, times).enumerated().map { index, frame in
            let start = index == 0 ? 0 : (times[index - 1] + frame.1) / 2
            let end = index + 1 < times.count ? (frame.1 + times[index + 1]) / 2 : max(duration, frame.1)
            return ModerationItem(content: .picture(frame.0), time: frame.1, span: start..<max(start, end))
        }
    }
}
