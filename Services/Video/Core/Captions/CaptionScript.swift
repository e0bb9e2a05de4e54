import AudioAPI
import VideoText

/// How the word that is being spoken is told from the others.
package enum Karaoke: String, CaseIterable, Sendable {
    case off
    /// It alone has the other colour.
    case word
    /// The other colour moves on over the words.
    case sweep
}

extension TextScript {
    /// Adds captions, each with the times of its words where they are known.
    /// - Parameters:
    ///   - layer: see `TextScript.add`.
    mutating func add(_ captions: [Caption], _ style: TextStyle, karaoke: Karaoke, layer: Int = 0) {
        var swept = style
        (swept.color, swept.highlight) = (style.highlight, style.color)
        for caption in captions {
            let pieces = caption.pieces
            guard karaoke != .off, pieces.contains(where: { $0.start != nil }) else {
                add(TextMarkup(caption.lines.joined(separator: "\n")), style, from: caption.start, to: caption.end, layer: layer)
                continue
            }
            switch karaoke {
            case .off: break
            case .sweep:
                var (markup, time) = (TextMarkup(), caption.start)
                for (index, piece) in pieces.enumerated() {
                    let next = pieces[(index + 1)...].lazy.compactMap(\.start).first ?? caption.end
                    markup.sweep(seconds: max(0, next - time))
                    time = max(time, next)
                    markup.append(piece.text)
                }
                add(markup, swept, from: caption.start, to: caption.end, layer: layer)
            case .word:
                let starts = pieces.map(\.start)
                let times =
                    [caption.start] + starts.compactMap { $0 }.filter { $0 > caption.start && $0 < caption.end } + [caption.end]
                for (from, to) in zip(times, times.dropFirst()) where from < to {
                    let spoken = pieces.lastIndex { $0.start.map { $0 <= from } ?? false }
                    var markup = TextMarkup()
                    for (index, piece) in pieces.enumerated() {
                        if index == spoken { markup.setColor(style.highlight) }
                        markup.append(piece.text)
                        if index == spoken { markup.setColor(nil) }
                    }
                    add(markup, style, from: from, to: to, layer: layer)
                }
            }
        }
    }
}

extension Caption {
    /// The text in pieces that begin where a word does, with the line ends between them.
    fileprivate var pieces: [(text: String, start: Double?)] {
        var pieces: [(text: String, start: Double?)] = []
        for (number, line) in lines.enumerated() {
            let times = wordTimes.filter { $0.line == number && $0.offset <= line.count }
            var place = 0
            for (index, time) in times.enumerated() {
                if time.offset > place { pieces.append((String(line.dropFirst(place).prefix(time.offset - place)), nil)) }
                let end = index + 1 < times.count ? max(time.offset, times[index + 1].offset) : line.count
                pieces.append((String(line.dropFirst(time.offset).prefix(end - time.offset)), time.start))
                place = end
            }
            if place < line.count { pieces.append((String(line.dropFirst(place)), nil)) }
            if number + 1 < lines.count { pieces.append(("\n", nil)) }
        }
        return pieces
    }
}
