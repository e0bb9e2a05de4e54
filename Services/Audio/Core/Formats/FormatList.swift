/// Formats as a person lists them, separated by commas.
struct FormatList<Format: RawRepresentable<String> & CaseIterable & Equatable> {
    /// Each once, in the order given; at least one.
    let formats: [Format]

    /// - Throws: `AudioError.outputSetting`, which names the formats that there are.
    init(_ text: String) throws(AudioError) {
        var formats: [Format] = []
        for name in text.split(separator: ",") {
            let name = name.filter { $0 != " " }
            guard let format = Format(rawValue: name) else {
                let known = Format.allCases.map(\.rawValue).joined(separator: ", ")
                throw .outputSetting("there is no format \(name): choose among \(known)")
            }
            if !formats.contains(format) { formats.append(format) }
        }
        guard !formats.isEmpty else { throw .outputSetting("name at least one format") }
        self.formats = formats
    }
}
