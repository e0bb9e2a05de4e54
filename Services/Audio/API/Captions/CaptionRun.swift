/// Words of one speaker without a long pause, to be cut into captions.
///
/// Captions and then their lines are chosen by dynamic programming over the breaks between the units, the way Knuth and Plass
/// break paragraphs ("Breaking Paragraphs into Lines", 1981): the cut of least total cost, where a cost counts how badly each
/// break reads, how much faster than people read the text would pass, and how short a caption is.
struct CaptionRun {
    let units: [CaptionUnit]
    let layout: CaptionLayout
    let phrasing: Phrasing
    /// Stands at the beginning of the first caption.
    let label: String?

    /// The captions, with the times of their words.
    func captions() -> [Caption] {
        let breaks = units.indices.dropLast().map { phrasing.cost(after: units[$0], before: units[$0 + 1]) }
        var best = [Double](repeating: .infinity, count: units.count + 1)
        var previous = [Int](repeating: 0, count: units.count + 1)
        best[0] = 0
        for first in units.indices {
            var fill = LineFill(layout: layout, indent: first == 0 ? indent : 0)
            var sentences = 0.0
            for last in first..<units.count {
                let fits = fill.add(units[last])
                let spoken = units[last].end - units[first].start
                // A unit that fits nowhere still has to be shown.
                if last > first && !(fits && spoken <= layout.maximumDuration) { break }
                let end = last + 1
                let isLast = end == units.count
                let cost =
                    best[first] + sentences + cueCost(first, last, width: fill.width)
                    + (isLast ? 0 : Self.breakWeight * breaks[last])
                if cost < best[end] { (best[end], previous[end]) = (cost, first) }
                if phrasing.endsSentence(units[last]) { sentences += Self.sentenceInside }
            }
        }
        var ends: [Int] = []
        var end = units.count
        while end > 0 {
            ends.append(end)
            end = previous[end]
        }
        return ends.reversed().map { caption(previous[$0]..<$0, breaks) }
    }

    /// Columns that the label takes with the space after it.
    private var indent: Int { label.map { $0.displayWidth + 1 } ?? 0 }

    private static let perCaption = 8.0
    private static let breakWeight = 3.0
    private static let sentenceInside = 4.0
    private static let unreadable = 12.0

    /// The cost of a caption besides its end: text that passes too fast, and the caption itself, so that there are few.
    private func cueCost(_ first: Int, _ last: Int, width: Int) -> Double {
        let next = last + 1 < units.count ? units[last + 1].start - layout.gap : units[last].end + layout.minimumDuration
        let time = max(next, units[last].end) - units[first].start
        let reading = Double(width) / layout.readingSpeed
        var cost = Self.perCaption
        if reading > time { cost += Self.unreadable * (reading - time) }
        if time < layout.minimumDuration { cost += Self.unreadable }
        return cost
    }

    private func caption(_ range: Range<Int>, _ breaks: [Double]) -> Caption {
        let shown = range.lowerBound == 0 ? label : nil
        let ranges = lines(range, breaks, indent: shown == nil ? 0 : indent)
        var caption = Caption(
            start: units[range.lowerBound].start, end: units[range.upperBound - 1].end, lines: [],
            speaker: units[range.lowerBound].speaker)
        for (index, line) in ranges.enumerated() {
            var text = index == 0 ? shown ?? "" : ""
            var length = text.count
            for position in line {
                let unit = units[position]
                let isFirst = position == line.lowerBound
                if isFirst ? !text.isEmpty : unit.hasLeadingSpace {
                    text += " "
                    length += 1
                }
                caption.wordTimes.append(Caption.WordTime(line: index, offset: length, start: unit.start))
                text += unit.text
                length += unit.text.count
            }
            caption.lines.append(text)
        }
        return caption
    }

    /// The lines of one caption: as few as hold it, broken where it reads well and about equally long.
    private func lines(_ range: Range<Int>, _ breaks: [Double], indent: Int) -> [Range<Int>] {
        var fill = LineFill(layout: layout, indent: indent)
        for position in range { _ = fill.add(units[position]) }
        let count = fill.lines
        guard count > 1 else { return [range] }
        let ideal = Double(fill.width) / Double(count)
        // best[k][e]: the least cost of k lines that end before unit e.
        var best = [[Double]](repeating: [Double](repeating: .infinity, count: range.count + 1), count: count + 1)
        var previous = [[Int]](repeating: [Int](repeating: 0, count: range.count + 1), count: count + 1)
        best[0][0] = 0
        for line in 1...count {
            for first in 0..<range.count where best[line - 1][first] < .infinity {
                var width = line == 1 ? indent : 0
                for last in first..<range.count {
                    let unit = units[range.lowerBound + last]
                    width += unit.width + (last > first && unit.hasLeadingSpace ? 1 : 0)
                    if last > first && width > layout.maximumLineWidth { break }
                    let end = last + 1
                    let difference = (Double(width) - ideal) / Double(layout.maximumLineWidth)
                    let reads = end < range.count ? breaks[range.lowerBound + last] : 0
                    let cost = best[line - 1][first] + reads + 60 * difference * difference
                    if cost < best[line][end] { (best[line][end], previous[line][end]) = (cost, first) }
                }
            }
        }
        var ranges: [Range<Int>] = []
        var end = range.count
        for line in stride(from: count, through: 1, by: -1) {
            let first = previous[line][end]
            ranges.insert(range.lowerBound + first..<range.lowerBound + end, at: 0)
            end = first
        }
        return ranges
    }
}
