package import Contracts

/// Formats as a person lists them, separated by commas.
package struct FormatList<Format: RawRepresentable<String> & CaseIterable & Equatable> {
    /// Each once, in the order given; at least one.
    package let formats: [Format]

    /// - Parameter kind: what one of them is called.
    /// - Throws: `JobProblem`, which names the formats that there are.
    package init(_ text: String, naming kind: String = "format") throws(JobProblem) {
        var formats: [Format] = []
        for name in text.split(separator: ",") {
            let name = name.filter { $0 != " " }
            guard let format = Format(rawValue: name) else {
                let known = Format.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.problem("there is no \(kind) \(name): choose among \(known)")
            }
            if !formats.contains(format) { formats.append(format) }
        }
        guard !formats.isEmpty else { throw Self.problem("name at least one \(kind)") }
        self.formats = formats
    }

    private static func problem(_ sentence: String) -> JobProblem {
        JobProblem(code: "output-not-possible", message: sentence)
    }
}
