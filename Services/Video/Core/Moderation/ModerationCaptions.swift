import AudioAPI
import Primitives

/// The captions that a model rates.
struct ModerationCaptions: Sendable {
    /// Bytes of a file: captions of a whole day have less.
    private static let largestFile = 4_000_000
    private static let mostCaptions = 20_000
    /// What is read here comes from strangers, and in the worker: a few at a time, away from where jobs are waited for.
    private static let threads = BlockingThreads(name: "captions", count: 2)

    static let none = ModerationCaptions(items: [], duration: 0)

    let items: [ModerationItem]
    /// Seconds until the last has ended.
    let duration: Double

    /// - Parameters:
    ///   - path: of a file in any of the forms that `video.captions` takes.
    ///   - transcript: what is taken without a file.
    /// - Throws: as `CaptionSource` does; `CaptionFileError.tooMany` and `.tooLong` for what would be paid dearly.
    static func read(_ path: String?, or transcript: JSONValue) async throws -> ModerationCaptions {
        try await threads.run {
            let source =
                try path.map { try CaptionSource(path: $0, encoding: .auto, most: largestFile, keepsInstants: true) }
                ?? CaptionSource(transcript: Transcript(document: transcript), keepsInstants: true)
            return try ModerationCaptions(source)
        }
    }

    private init(_ source: CaptionSource) throws(CaptionFileError) {
        guard source.captions.count <= Self.mostCaptions else { throw .tooMany(most: Self.mostCaptions) }
        var items: [ModerationItem] = []
        for caption in source.captions {
            let text = caption.entry.text
            guard text.utf8.count <= CaptionTable.mostCaptionBytes else {
                throw .tooLong(at: caption.start, most: CaptionTable.mostCaptionBytes)
            }
            items.append(
                ModerationItem(content: .text(text), time: caption.start, span: caption.start..<max(caption.start, caption.end)))
        }
        self.init(items: items, duration: source.duration)
    }

    private init(items: [ModerationItem], duration: Double) { (self.items, self.duration) = (items, duration) }
}
