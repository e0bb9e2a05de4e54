/// Reads the subset of XML 1.0 that needs no document type: elements, attributes, text, the five named entities, character
/// references, CDATA, comments and processing instructions. It checks that the document is well formed and refuses document types,
/// so nothing outside the text is ever read and no entity can grow.
struct XMLTokenizer {
    private var scanner: XMLScanner
    private let limits: XMLLimits
    private var open: [String] = []
    private var sawRoot = false
    /// The end of an element that was written `<name/>`.
    private var owesEnd = false

    /// - Throws: `SSMLError` when the text is longer than allowed.
    init(_ text: String, limits: XMLLimits) throws(SSMLError) {
        guard text.utf8.count <= limits.size else {
            throw SSMLError(line: 1, column: 1, problem: "the document is longer than \(limits.size) bytes")
        }
        (scanner, self.limits) = (XMLScanner(text), limits)
        _ = scanner.take("\u{FEFF}")
        if scanner.startsWith("<?xml ") { _ = try scanner.take(until: "?>", what: "the XML declaration", from: scanner.position) }
    }

    /// - Returns: `nil` at the end of the document.
    /// - Throws: `SSMLError` with the place of the first fault.
    mutating func next() throws(SSMLError) -> XMLEvent? {
        if owesEnd {
            owesEnd = false
            open.removeLast()
            return .end
        }
        while !scanner.isAtEnd {
            let position = scanner.position
            if scanner.take("<!--") {
                try skipComment(from: position)
            } else if scanner.take("<![CDATA[") {
                guard !open.isEmpty else { throw position.failure("text outside the root element") }
                return .text(try scanner.take(until: "]]>", what: "the CDATA section", from: position), position)
            } else if scanner.startsWith("<!") {
                throw position.failure("document types and entity declarations are not allowed")
            } else if scanner.take("<?") {
                let target = try scanner.takeName(what: "the name of an instruction")
                if target.lowercased() == "xml" { throw position.failure("an XML declaration stands only at the beginning") }
                _ = try scanner.take(until: "?>", what: "the processing instruction", from: position)
            } else if scanner.take("</") {
                return try endTag(position)
            } else if scanner.take("<") {
                return try startTag(position)
            } else if let text = try text(position) {
                return .text(text, position)
            }
        }
        if let name = open.last { throw scanner.position.failure("<\(name)> is not closed") }
        if !sawRoot { throw scanner.position.failure("the document has no element") }
        return nil
    }

    private mutating func skipComment(from position: XMLPosition) throws(SSMLError) {
        _ = try scanner.take(until: "--", what: "the comment", from: position)
        guard scanner.take(">") else { throw position.failure("a comment must not hold --") }
    }

    private mutating func startTag(_ position: XMLPosition) throws(SSMLError) -> XMLEvent {
        let name = try scanner.takeName(what: "the name of an element after <")
        guard !open.isEmpty || !sawRoot else { throw position.failure("a document has only one root element") }
        guard open.count < limits.depth else { throw position.failure("elements lie more than \(limits.depth) deep") }
        var attributes: [String: String] = [:]
        while true {
            let sawSpace = try scanner.skipSpace()
            if scanner.take("/>") {
                owesEnd = true
                break
            }
            if scanner.take(">") { break }
            let place = scanner.position
            guard !scanner.isAtEnd else { throw position.failure("the tag <\(name)> is not closed") }
            guard sawSpace else { throw place.failure("expected white space, > or /> in <\(name)>") }
            let key = try scanner.takeName(what: "an attribute, > or /> in <\(name)>")
            let value = try attributeValue(key)
            guard attributes.updateValue(value, forKey: key) == nil else {
                throw place.failure("the attribute \(key) stands twice")
            }
            guard attributes.count <= limits.attributes else { throw place.failure("more than \(limits.attributes) attributes") }
        }
        open.append(name)
        sawRoot = true
        return .start(XMLElement(name: name, attributes: attributes, position: position))
    }

    private mutating func attributeValue(_ key: String) throws(SSMLError) -> String {
        try scanner.skipSpace()
        guard scanner.take("=") else { throw scanner.position.failure("expected = after \(key)") }
        try scanner.skipSpace()
        let start = scanner.position
        guard let quote = scanner.peek, quote == "\"" || quote == "'" else {
            throw start.failure("the value of \(key) must stand in quotes")
        }
        _ = try scanner.take()
        var value = String.UnicodeScalarView()
        while true {
            let place = scanner.position
            guard let scalar = try scanner.take() else { throw start.failure("the value of \(key) is not closed") }
            if scalar == quote { return String(value) }
            switch scalar {
            case "<": throw place.failure("write &lt; for < in the value of \(key)")
            case "&": value.append(try reference(place))
            default: value.append(XMLScanner.isSpace(scalar) ? " " : scalar)
            }
        }
    }

    private mutating func endTag(_ position: XMLPosition) throws(SSMLError) -> XMLEvent {
        let name = try scanner.takeName(what: "the name of an element after </")
        try scanner.skipSpace()
        guard scanner.take(">") else { throw scanner.position.failure("expected > in </\(name)>") }
        guard let last = open.popLast() else { throw position.failure("</\(name)> closes nothing") }
        guard last == name else { throw position.failure("</\(name)> stands where </\(last)> belongs") }
        return .end
    }

    /// Text up to the next tag; `nil` for white space outside the root.
    private mutating func text(_ position: XMLPosition) throws(SSMLError) -> String? {
        var text = String.UnicodeScalarView()
        while let next = scanner.peek, next != "<" {
            let place = scanner.position
            if scanner.startsWith("]]>") { throw place.failure("write ]]&gt; for ]]> in text") }
            guard let scalar = try scanner.take() else { break }
            if open.isEmpty && !XMLScanner.isSpace(scalar) { throw place.failure("text outside the root element") }
            text.append(scalar == "&" ? try reference(place) : scalar)
        }
        return open.isEmpty ? nil : String(text)
    }

    /// Takes a reference after its `&`.
    private mutating func reference(_ place: XMLPosition) throws(SSMLError) -> Unicode.Scalar {
        var name = ""
        while let scalar = scanner.peek, scalar != ";", name.unicodeScalars.count < 12,
            scalar == "#" || scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        {
            name.unicodeScalars.append(scalar)
            _ = try scanner.take()
        }
        guard scanner.take(";") else { throw place.failure("write &amp; for & in text") }
        if let scalar = Self.entities[name] { return scalar }
        guard name.hasPrefix("#") else { throw place.failure("the entity &\(name); is not declared") }
        let digits = name.dropFirst()
        let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let scalar = value.flatMap(Unicode.Scalar.init), scalar.value >= 32 || XMLScanner.isSpace(scalar),
            scalar.value & 0xFFFE != 0xFFFE
        else { throw place.failure("&\(name); is no character") }
        return scalar
    }

    private static let entities: [String: Unicode.Scalar] = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]
}
