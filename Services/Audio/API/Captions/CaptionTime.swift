/// A moment of a caption in whole milliseconds.
package struct CaptionTime: Sendable, Hashable {
    /// From the beginning of the media; not negative.
    package let milliseconds: Int64

    /// - Parameter seconds: rounded to the nearest millisecond; what is negative or no number counts as 0.
    package init(seconds: Double) {
        milliseconds = seconds > 0 ? Int64((min(seconds, 1e12) * 1000).rounded()) : 0
    }

    /// The same moment in seconds.
    package var seconds: Double { Double(milliseconds) / 1000 }

    /// `01:02:03,004`; hours grow beyond two digits.
    /// - Parameter mark: what stands before the milliseconds: a comma in SRT, a point in VTT.
    package func text(mark: Character) -> String {
        let seconds = milliseconds / 1000
        let parts = [(seconds / 3600, 2), (seconds / 60 % 60, 2), (seconds % 60, 2), (milliseconds % 1000, 3)]
            .map { value, width in
                let digits = String(value)
                return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
            }
        return "\(parts[0]):\(parts[1]):\(parts[2])\(mark)\(parts[3])"
    }

    /// Reads `[hours:]minutes:seconds` with a comma or point and one to three digits of fraction.
    /// - Returns: `nil` for anything else, and when minutes or seconds reach 60.
    package init?(parsing text: some StringProtocol) {
        let halves = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "," || $0 == "." }
        let clock = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count == 2, clock.count == 2 || clock.count == 3, (1...3).contains(halves[1].utf8.count),
            let fraction = Self.number(halves[1])
        else { return nil }
        var seconds: Int64 = 0
        for (index, part) in clock.enumerated() {
            guard let value = Self.number(part), value < 60 || (index == 0 && clock.count == 3) else { return nil }
            seconds = seconds * 60 + value
        }
        milliseconds = seconds * 1000 + fraction * [100, 10, 1][halves[1].utf8.count - 1]
    }

    private static func number(_ digits: some StringProtocol) -> Int64? {
        guard (1...6).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(digits)
    }
}
