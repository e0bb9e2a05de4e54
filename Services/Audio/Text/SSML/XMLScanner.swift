/// Walks over a document's characters and knows the place.
struct XMLScanner {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private(set) var position = XMLPosition(line: 1, column: 1)

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    var isAtEnd: Bool { index == scalars.count }
    var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    /// The next character. A carriage return is a line feed (XML 1.0, 2.11).
    /// - Throws: when XML does not allow the character.
    mutating func take() throws(SSMLError) -> Unicode.Scalar? {
        guard let scalar = peek else { return nil }
        switch scalar.value {
        case 9, 10, 13, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...: break
        default: throw position.failure("the character U+\(String(scalar.value, radix: 16, uppercase: true)) is not allowed in XML")
        }
        index += 1
        if scalar == "\r" {
            if peek == "\n" { index += 1 }
            newLine()
            return "\n"
        }
        if scalar == "\n" { newLine() } else { position.column += 1 }
        return scalar
    }

    /// Takes the text when it stands here.
    mutating func take(_ text: String) -> Bool {
        guard startsWith(text) else { return false }
        let length = text.unicodeScalars.count
        index += length
        position.column += length
        return true
    }

    func startsWith(_ text: String) -> Bool {
        var place = index
        for scalar in text.unicodeScalars {
            guard place < scalars.count, scalars[place] == scalar else { return false }
            place += 1
        }
        return true
    }

    /// - Returns: whether there was white space.
    @discardableResult
    mutating func skipSpace() throws(SSMLError) -> Bool {
        let start = index
        while let scalar = peek, Self.isSpace(scalar) { _ = try take() }
        return index > start
    }

    /// Takes everything up to a mark and the mark.
    /// - Throws: at `start`, when the mark never comes.
    mutating func take(until mark: String, what: String, from start: XMLPosition) throws(SSMLError) -> String {
        var text = String.UnicodeScalarView()
        while !take(mark) {
            guard let scalar = try take() else { throw start.failure("\(what) is not closed") }
            text.append(scalar)
        }
        return String(text)
    }

    /// Takes a name (XML 1.0, production 5).
    mutating func takeName(what: String) throws(SSMLError) -> String {
        let start = position
        var name = String.UnicodeScalarView()
        while let scalar = peek, Self.isNamePart(scalar, first: name.isEmpty) {
            name.append(scalar)
            _ = try take()
        }
        guard !name.isEmpty else { throw start.failure("expected \(what)") }
        return String(name)
    }

    static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\n" || scalar == "\t" || scalar == "\r" }

    private static func isNamePart(_ scalar: Unicode.Scalar, first: Bool) -> Bool {
        if scalar == ":" || scalar == "_" || scalar.properties.isAlphabetic { return true }
        return !first && (scalar == "-" || scalar == "." || scalar.properties.numericType == .decimal)
    }

    private mutating func newLine() {
        position.line += 1
        position.column = 1
    }
}
