/// An edit list as video editors read it: CMX 3600, the common form of SMPTE 258M.
///
/// Times are whole pictures there, so each event is rounded; source and record lengths of an event agree, as readers demand.
package enum EditDecisionList {
    /// The format numbers events with three digits.
    private static let limit = 999

    /// - Parameters:
    ///   - title: one line; other characters than printable ASCII are left out.
    ///   - picturesPerSecond: 24, 25 or 30 (non-drop).
    /// - Returns: `nil` when the list has more events than the format can number.
    package static func text(_ plan: SplicePlan, title: String, picturesPerSecond: Int) -> String? {
        let kept = plan.kept
        guard kept.count <= limit else { return nil }
        func picture(_ frame: Int) -> Int {
            Int(((plan.offset + Double(frame) / Double(plan.sampleRate)) * Double(picturesPerSecond)).rounded())
        }
        func code(_ pictures: Int) -> String {
            let seconds = pictures / picturesPerSecond
            let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60, pictures % picturesPerSecond]
            return parts.map(padded).joined(separator: ":")
        }
        var lines = ["TITLE: " + String(title.filter { $0.isASCII && $0 >= " " }.prefix(70)), "FCM: NON-DROP FRAME", ""]
        var record = 0
        for (index, range) in kept.enumerated() {
            let (start, end) = (picture(range.lowerBound), picture(range.upperBound))
            let number = String(1000 + index + 1).dropFirst()
            lines.append(
                "\(number)  AX       AA    C        \(code(start)) \(code(end)) \(code(record)) \(code(record + end - start))")
            record += end - start
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
