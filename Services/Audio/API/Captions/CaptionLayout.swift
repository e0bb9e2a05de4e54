/// How a transcript becomes captions: how much a caption shows and for how long.
///
/// The defaults follow the Netflix Timed Text Style Guide for English (42 characters, two lines, 20 characters a second, 5/6 s to
/// 7 s, a gap of two frames). Widths count columns: wide characters (Chinese, Japanese, Korean) take two, so that 42 columns are
/// 21 of them.
package struct CaptionLayout: Sendable, Hashable {
    /// Columns of a line, 10 or more. A single longer word stands alone and is not split.
    package var maximumLineWidth: Int
    /// Lines of a caption, 1 or more.
    package var maximumLines: Int
    /// Columns a second that people can read.
    package var readingSpeed: Double
    /// Seconds a caption stays at least, where the next one leaves the time.
    package var minimumDuration: Double
    /// Seconds a caption stays at most.
    package var maximumDuration: Double
    /// Seconds between captions that follow each other closely.
    package var gap: Double
    /// A pause of so many seconds ends a caption.
    package var splitPause: Double
    /// Whether a caption begins with the speaker's name when the speaker changes.
    package var labelsSpeakers: Bool

    /// - Parameters: as the properties; values out of range are brought to the nearest end.
    package init(
        maximumLineWidth: Int = 42, maximumLines: Int = 2, readingSpeed: Double = 20, minimumDuration: Double = 5.0 / 6,
        maximumDuration: Double = 7, gap: Double = 2.0 / 24, splitPause: Double = 1.5, labelsSpeakers: Bool = false
    ) {
        self.maximumLineWidth = max(10, maximumLineWidth)
        self.maximumLines = max(1, maximumLines)
        self.readingSpeed = max(1, readingSpeed)
        self.minimumDuration = max(0, minimumDuration)
        self.maximumDuration = max(maximumDuration, minimumDuration, 0.5)
        self.gap = max(0, gap)
        self.splitPause = max(0, splitPause)
        self.labelsSpeakers = labelsSpeakers
    }

    /// Lays a transcript out.
    /// - Returns: captions in the order of their starts; none for a transcript without text.
    package func captions(for transcript: Transcript) -> [Caption] {
        let units = CaptionUnit.units(of: transcript)
        let phrasing = Phrasing(language: transcript.textLanguage)
        var captions: [Caption] = []
        var speaker: String?
        var first = 0
        while first < units.count {
            var end = first + 1
            while end < units.count, units[end].speaker == units[first].speaker,
                units[end].start - units[end - 1].end < splitPause
            {
                end += 1
            }
            var label: String?
            if labelsSpeakers, let name = units[first].speaker, name != speaker { label = "\(name):" }
            let run = CaptionRun(units: Array(units[first..<end]), layout: self, phrasing: phrasing, label: label)
            captions += run.captions()
            speaker = units[first].speaker
            first = end
        }
        return timed(captions)
    }

    /// Lets captions stay as long as they take to read, and keeps the gap before the next one.
    private func timed(_ captions: [Caption]) -> [Caption] {
        var captions = captions
        for index in captions.indices {
            let caption = captions[index]
            let reading = Double(caption.lines.reduce(0) { $0 + $1.displayWidth }) / readingSpeed
            var end = max(caption.end, caption.start + min(max(reading, minimumDuration), maximumDuration))
            if index + 1 < captions.count {
                let next = captions[index + 1].start
                // Times of words overlap at worst by a few milliseconds; a caption still lasts one.
                if end > next - gap { end = max(next - gap, min(caption.end, next), caption.start + 0.001) }
                if end > next - gap, next - gap > caption.start + minimumDuration { end = next - gap }
            }
            captions[index].end = end
        }
        return captions
    }
}
