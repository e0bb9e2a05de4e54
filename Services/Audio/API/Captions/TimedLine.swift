/// A line of a caption while it is read: its text, and the times that stand in it.
package struct TimedLine {
    package var text = ""
    private var times: [(byte: Int, start: Double)] = []

    package init() {}

    /// A word begins at the end of what there is.
    /// - Parameter start: seconds from the beginning of the media.
    package mutating func beginWord(at start: Double) { times.append((text.utf8.count, start)) }

    /// Where the words begin. Characters are counted once for all of them.
    /// - Parameter line: index of the line.
    package func wordTimes(line: Int) -> [Caption.WordTime] {
        guard !times.isEmpty else { return [] }
        var found: [Caption.WordTime] = []
        found.reserveCapacity(times.count)
        var (offset, byte) = (0, 0)
        for character in text {
            while found.count < times.count, times[found.count].byte <= byte {
                found.append(Caption.WordTime(line: line, offset: offset, start: times[found.count].start))
            }
            (offset, byte) = (offset + 1, byte + character.utf8.count)
        }
        return found + times[found.count...].map { Caption.WordTime(line: line, offset: offset, start: $0.start) }
    }
}
