/// Web and mail addresses and file names: `https://example.com/a`, `www.example.org`, `ann@example.com`, `report.pdf`.
struct AddressRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.word, .digits]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        // Only at the beginning of a run without spaces; longer runs than this are no address a person wrote.
        guard begins(tokens, index) else { return nil }
        var end = index
        var (hasAt, hasScheme, hasDot) = (false, false, false)
        while end < index + 200, isInside(tokens[end]) {
            if tokens.isSymbol(end, "@"), end > index { hasAt = true }
            if tokens.isSymbol(end, ":"), tokens.isSymbol(end + 1, "/"), tokens.isSymbol(end + 2, "/") { hasScheme = true }
            if tokens.isSymbol(end, "."), tokens[end + 1].kind == .word || tokens[end + 1].kind == .digits { hasDot = true }
            end += 1
        }
        while end > index, tokens[end - 1].kind == .symbol, !tokens.isSymbol(end - 1, "/") { end -= 1 }
        guard hasDot || hasScheme, end > index + 2 else { return nil }
        var start = index
        if hasScheme {
            while !tokens.isSymbol(start, "/") { start += 1 }
            start += 2
        } else if !hasAt && !isHost(tokens, index, end) {
            return nil
        }
        while end > start, tokens.isSymbol(end - 1, "/") { end -= 1 }
        guard end > start else { return nil }
        return SpeechMatch(
            spoken: (start..<end).compactMap { spoken(tokens, $0) }.joined(separator: " "), count: last(tokens, end) - index)
    }

    /// Whether a run without spaces begins here, past one bracket or quote.
    private func begins(_ tokens: SpeechTokens, _ index: Int) -> Bool {
        let before = tokens[index - 1]
        let outer = before.kind == .symbol && "([<\"'“‘«".contains(before.text) ? tokens[index - 2] : before
        return outer.kind == .space || outer.kind == .end
    }

    /// Past the slashes that are not said.
    private func last(_ tokens: SpeechTokens, _ end: Int) -> Int {
        var end = end
        while tokens.isSymbol(end, "/") { end += 1 }
        return end
    }

    private func isInside(_ token: SpeechToken) -> Bool {
        switch token.kind {
        case .word, .digits: token.text.utf8.first.map { $0 < 128 } ?? false
        case .symbol: "@.:/-_+?=&#%~,;!'()*$".contains(token.text)
        default: false
        }
    }

    /// Whether the run is a host name or a file name: its first part up to a slash ends in a known suffix, or begins with `www`.
    private func isHost(_ tokens: SpeechTokens, _ start: Int, _ end: Int) -> Bool {
        if tokens[start].text.lowercased() == "www", tokens.isSymbol(start + 1, ".") { return true }
        var index = start
        while index < end, tokens[index].kind != .symbol || "._-".contains(tokens[index].text) { index += 1 }
        guard index == end || "/:?#".contains(tokens[index].text), index - start > 2, tokens.isSymbol(index - 2, ".") else {
            return false
        }
        return Self.suffixes.contains(tokens[index - 1].text)
    }

    private func spoken(_ tokens: SpeechTokens, _ index: Int) -> String? {
        let token = tokens[index]
        switch token.kind {
        case .digits: return token.text.count < 3 ? EnglishNumber.cardinal(token.text) : EnglishNumber.digits(token.text)
        case .word:
            let isSuffix = tokens.isSymbol(index - 1, ".") && Self.spelledSuffixes.contains(token.text)
            return isSuffix || token.text.lowercased() == "www" ? AcronymRule.spelled(token.text) : String(token.text)
        default: return Self.marks[token.text]
        }
    }

    private static let marks: [Substring: String] = [
        "@": "at", ".": "dot", ":": "colon", "/": "slash", "-": "dash", "_": "underscore", "+": "plus", "?": "question mark",
        "=": "equals", "&": "and", "#": "hash", "%": "percent", "~": "tilde", "*": "star", "$": "dollar",
    ]
    private static let spelledSuffixes: Set<Substring> = [
        "uk", "de", "fr", "us", "eu", "ca", "jp", "cn", "ru", "ch", "at", "nl", "se", "au", "tv", "ai", "io", "co", "pdf", "txt",
        "mp3", "mp", "html", "css", "jpg", "png", "csv", "xml", "md", "js", "py", "exe",
    ]
    private static let suffixes: Set<Substring> = spelledSuffixes.union([
        "com", "org", "net", "edu", "gov", "info", "dev", "app", "biz", "jpeg", "wav", "flac", "json", "yaml", "swift", "doc",
        "docx", "zip", "mov", "mil", "int", "studio",
    ]).subtracting(["at", "us", "co", "mp", "se"])
}
