/// Times as a person lists them: `3.5, 1:02, 00:01:02.5`.
struct FrameTimeList {
    /// Seconds, in the order given.
    let seconds: [Double]

    /// - Throws: `VideoError.notATime`, `.noTimes`.
    init(_ text: String) throws(VideoError) {
        var seconds: [Double] = []
        for word in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            let parts = word.split(separator: ":", omittingEmptySubsequences: false)
            var time = 0.0
            for (index, part) in parts.enumerated() {
                guard parts.count <= 3, let value = Double(part), value.isFinite, value >= 0, index == 0 || value < 60,
                    index == parts.count - 1 || value == value.rounded()
                else { throw .notATime(String(word.prefix(40))) }
                time = time * 60 + value
            }
            seconds.append(time)
        }
        guard !seconds.isEmpty else { throw .noTimes }
        self.seconds = seconds
    }
}
