/// Comma-separated values (RFC 4180).
package enum CSV {
    /// Reads a document: fields between commas, quoted where they hold commas, quotes (doubled) or line ends. Lines may end with
    /// a line feed alone, empty lines count for nothing, and a byte order mark is passed over.
    /// - Throws: `CSVError` naming the line.
    package static func rows(_ bytes: Bytes) throws(CSVError) -> [[String]] {
        try numberedRows(bytes).map(\.fields)
    }

    /// The same, with the line at which each row begins, counted from 1.
    /// - Parameter most: rows; what follows them is not read.
    package static func numberedRows(_ bytes: Bytes, most: Int = .max) throws(CSVError) -> [(line: Int, fields: [String])] {
        var reader = Reader(bytes: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...])
        return try reader.rows(most)
    }

    /// One line, with the line end.
    package static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ field: String) -> String {
        let needsQuotes = field.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }
        return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }

    private struct Reader {
        private static let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
        private var rest: ArraySlice<UInt8>
        private var line = 1

        init(bytes: ArraySlice<UInt8>) {
            rest = bytes
        }

        mutating func rows(_ most: Int) throws(CSVError) -> [(line: Int, fields: [String])] {
            var rows: [(line: Int, fields: [String])] = []
            while !rest.isEmpty, rows.count < most {
                let start = line
                var fields = [try field()]
                while rest.first == Self.comma {
                    rest.removeFirst()
                    fields.append(try field())
                }
                if rest.first == 13 { rest.removeFirst() }
                guard rest.isEmpty || rest.first == 10 else { throw CSVError(line: start, "text follows a closing quote") }
                rest = rest.dropFirst()
                line += 1
                if fields != [""] { rows.append((start, fields)) }
            }
            return rows
        }

        private mutating func field() throws(CSVError) -> String {
            guard rest.first == Self.quote else {
                let content = rest.prefix { $0 != Self.comma && $0 != 10 && $0 != 13 }
                guard !content.contains(Self.quote) else {
                    throw CSVError(line: line, "a quote is inside of a field without quotes")
                }
                rest = rest.dropFirst(content.count)
                return try text(content)
            }
            let start = line
            var content: ArraySlice<UInt8> = []
            repeat {
                rest.removeFirst()
                let part = rest.prefix { $0 != Self.quote }
                line += part.count { $0 == 10 }
                content += part
                rest = rest.dropFirst(part.count)
                guard !rest.isEmpty else { throw CSVError(line: start, "a quoted field does not end") }
                rest.removeFirst()
                if rest.first == Self.quote { content.append(Self.quote) }
            } while rest.first == Self.quote
            return try text(content)
        }

        private func text(_ bytes: ArraySlice<UInt8>) throws(CSVError) -> String {
            guard let text = String(validating: bytes, as: UTF8.self) else { throw CSVError(line: line, "the text is not UTF-8") }
            return text
        }
    }
}

/// A text is not CSV.
package struct CSVError: CodedError, Equatable {
    /// Counted from 1.
    package let line: Int
    /// A sentence without the line.
    package let reason: String
    package var message: String { "line \(line): \(reason)" }
    package var code: String { "invalid-csv" }

    package init(line: Int, _ reason: String) { (self.line, self.reason) = (line, reason) }
}
