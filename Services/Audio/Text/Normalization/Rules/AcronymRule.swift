/// Words in capitals: spelled (`FBI`, `DVDs`) or read (`NASA`, `STOP`).
struct AcronymRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.word]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        let token = tokens[index]
        let (letters, suffix) = parts(token.text)
        guard letters.utf8.count > 1, letters.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
        if let spoken = Self.special[letters] { return SpeechMatch(spoken: spoken + suffix, count: 1) }
        if Self.read.contains(letters) || isShouted(tokens, index) || letters.utf8.count > 5 && hasVowel(letters) {
            return SpeechMatch(spoken: letters.lowercased() + suffix, count: 1)
        }
        let spelled = letters.map(String.init).joined(separator: " ")
        return SpeechMatch(spoken: suffix.isEmpty ? spelled : "\(spelled)'s", count: 1)
    }

    /// Each letter by itself, as acronyms and `say-as` need it.
    static func spelled(_ text: some StringProtocol) -> String {
        text.filter { !$0.isWhitespace }.map { $0.uppercased() }.joined(separator: " ")
    }

    /// `DVDs` and `NASA's` end in small letters.
    private func parts(_ text: Substring) -> (Substring, String) {
        if text.hasSuffix("'s") || text.hasSuffix("’s") { return (text.dropLast(2), "'s") }
        return text.utf8.count > 2 && text.hasSuffix("s") ? (text.dropLast(), "s") : (text, "")
    }

    private func hasVowel(_ text: Substring) -> Bool { text.contains { "AEIOUY".contains($0) } }

    /// Whether the words around it are in capitals too, so that they tell nothing: two neighbours, none of them an acronym.
    private func isShouted(_ tokens: SpeechTokens, _ index: Int) -> Bool {
        guard hasVowel(tokens[index].text) else { return false }
        let neighbours = [index - 4, index - 2, index + 2, index + 4].filter {
            tokens[$0].isAllCapitals && tokens[$0].text.contains { "AEIOUY".contains($0) }
        }
        return neighbours.count >= 2
    }

    private static let special: [Substring: String] = [
        "JPEG": "jay peg", "MPEG": "em peg", "ASCII": "askey", "JSON": "jason", "IEEE": "I triple E", "AAA": "triple A",
        "OK": "okay", "MIDI": "middy", "WWI": "World War one", "WWII": "World War two", "SCSI": "scuzzy", "WYSIWYG": "wizzywig",
    ]
    private static let read: Set<Substring> = [
        "NASA", "NATO", "UNESCO", "UNICEF", "OPEC", "AIDS", "LASER", "RADAR", "SCUBA", "SONAR", "PIN", "RAM", "ROM", "SIM", "LAN",
        "WAN", "GIF", "COVID", "IKEA", "FIFA", "NAFTA", "YAML", "DARPA", "SWAT", "TED", "OSHA", "FEMA", "HIPAA", "SARS", "MERS",
        "ASEAN", "NASDAQ", "BASIC", "LIDAR", "MOMA", "NIMBY", "PIXAR", "ASIMO", "POTUS", "SCOTUS", "UEFA", "CERN", "BAFTA",
        "EBITDA", "UNIX", "LINUX", "CAPTCHA", "DOS", "NOT", "STOP", "ALL", "NEVER", "ALWAYS", "VERY", "MUST", "ONLY", "NOW", "YES",
        "NO", "NEW", "FREE", "WIN", "SALE", "THE", "AND", "BUT", "FOR", "YOU", "ARE", "IS", "IN", "ON", "OF", "TO", "OR", "SO",
        "WHAT", "WHY", "HOW", "WHO", "WHEN", "THIS", "THAT", "EVERY", "BIG", "HELP", "HELLO", "LOVE", "READ", "WAIT", "WARNING",
        "REALLY", "MORE", "LESS", "BEST", "WORST", "GOOD", "BAD", "MY", "WE", "HE", "SHE", "AN", "AT", "BE", "DO", "DON'T", "GO",
        "IF", "ME", "UP", "CAN", "HAS", "HAD", "HAVE", "WILL", "WAS", "END", "NOTE", "ANY", "BOTH", "EACH", "SAME", "TRUE", "FALSE",
    ]
}
