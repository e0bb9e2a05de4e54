import Primitives

/// The lines of a caption file, counted from 1, without their ends.
struct CaptionLines {
    private let lines: [Substring]
    private var next = 0

    /// - Throws: `CaptionError.notUTF8`.
    init(_ bytes: Bytes) throws(CaptionError) {
        let mark: Bytes = [0xEF, 0xBB, 0xBF]
        guard let text = String(validating: bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self) else {
            throw .notUTF8
        }
        // CR LF is one Character, so that it splits once.
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }

    /// The number of the line that `peek` shows.
    var number: Int { next + 1 }
    var peek: Substring? { next < lines.count ? lines[next] : nil }
    var peekSecond: Substring? { next + 1 < lines.count ? lines[next + 1] : nil }

    mutating func take() -> Substring? {
        defer { next += 1 }
        return peek
    }

    mutating func skipBlank() {
        while let line = peek, line.allSatisfy(\.isWhitespace) { next += 1 }
    }

    /// The lines up to the next blank one.
    mutating func takeBlock() -> [Substring] {
        var block: [Substring] = []
        while let line = peek, !line.allSatisfy(\.isWhitespace) {
            block.append(line)
            next += 1
        }
        return block
    }

    /// Reads `start --> end`, with whatever settings follow.
    /// - Throws: `badTime` and `endsBeforeStart` with the line's number.
    static func times(_ line: Substring, number: Int) throws(CaptionError) -> (start: Double, end: Double) {
        let parts = line.split(whereSeparator: \.isWhitespace)
        guard parts.count >= 3, parts[1] == "-->", let start = CaptionTime(parsing: parts[0]),
            let end = CaptionTime(parsing: parts[2])
        else { throw .badTime(line: number, found: String(line)) }
        guard start.milliseconds <= end.milliseconds else { throw .endsBeforeStart(line: number) }
        return (start.seconds, end.seconds)
    }
}
