/// File names for results, made from what a person called the input.
package enum OutputName {
    /// Bytes of UTF-8 that the stem may take; with suffix and extension it stays under what every file system allows.
    private static let longestStem = 120
    /// What some system or shell takes as more than a letter.
    private static let unsafe = Set<Character>("/\\:*?\"<>|")

    /// - Parameters:
    ///   - original: a file name from outside: it may hold separators, quotes, control characters, anything.
    ///   - suffix: what was done, for example `normalized`; `nil` for nothing to add.
    ///   - fileExtension: without the dot.
    ///   - fallback: the stem where nothing is left of the original's.
    /// - Returns: a name that is safe as a single path component, for example `talk-normalized.m4a`.
    package static func derived(
        from original: String, suffix: String?, fileExtension: String, fallback: String = "output"
    ) -> String {
        let last = original.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let stem = stem(of: last)
        let cleaned = String(String.UnicodeScalarView(stem.unicodeScalars.filter { !isInvisible($0) })).map {
            unsafe.contains($0) ? "_" : $0
        }
        var name = ""
        for character in cleaned where name.utf8.count + character.utf8.count <= longestStem { name.append(character) }
        name = trimmed(name)
        if name.isEmpty { name = fallback }
        return name + (suffix.map { "-" + $0 } ?? "") + "." + fileExtension
    }

    private static func stem(of name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        let ending = name[name.index(after: dot)...]
        let isExtension = (1...5).contains(ending.count) && ending.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return isExtension ? String(name[..<dot]) : name
    }

    /// Control and format characters, among them those that turn the writing direction around.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }

    /// Without spaces and dots at either end, and no dash in front that a command would take for an option.
    private static func trimmed(_ name: String) -> String {
        var rest = name[...]
        while let first = rest.first, first.isWhitespace || first == "." || first == "-" { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace || last == "." { rest = rest.dropLast() }
        return String(rest)
    }
}
