/// Abbreviations with a full stop: `Dr. Smith`, `Maple Dr.`, `e.g.`, `No. 5`, `p. 12`, `U.S.`
struct AbbreviationRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.word]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        if tokens.isSymbol(index - 1, ".") || tokens.isSymbol(index - 1, "@") { return nil }
        if let dotted = dotted(tokens, index) { return dotted }
        let text = tokens[index].text
        if let slashed = Self.slashed[text + tokens[index + 1].text + tokens[index + 2].text] {
            return SpeechMatch(spoken: slashed, count: 3)
        }
        if text == "vs" && !tokens.isSymbol(index + 1, ".") { return SpeechMatch(spoken: "versus", count: 1) }
        guard tokens.isSymbol(index + 1, "."), tokens[index + 2].kind != .word else { return nil }
        if text == "Dr" || text == "St" { return doctorOrStreet(tokens, index) }
        let after = tokens[tokens.afterSpace(index + 2)]
        if let word = Self.beforeNumbers[text], after.kind == .digits { return SpeechMatch(spoken: word, count: 2) }
        if let word = Self.titles[text], after.isCapitalized || ["Mr", "Mrs", "Ms"].contains(text) {
            return SpeechMatch(spoken: word, count: 2)
        }
        if let word = Self.weekdays[text], tokens.isSymbol(index + 2, ",") || EnglishDate.month(named: after.text) != nil {
            return SpeechMatch(spoken: word, count: 2)
        }
        guard let word = Self.words[text] else { return nil }
        return ending(word, tokens, count: 2, end: index + 2)
    }

    /// Whether the sentence ends before the token: at the end of the text or line, or when a usual first word follows.
    static func endsSentence(_ tokens: SpeechTokens, after index: Int) -> Bool {
        let token = tokens[index]
        if token.kind == .end || token.kind == .space && token.text.contains(where: \.isNewline) { return true }
        guard token.kind == .space else { return false }
        let next = tokens[index + 1]
        return next.kind == .end || Abbreviations.starters.contains(String(next.text))
    }

    /// Words for an abbreviation; its full stop stays when it also ends the sentence.
    private func ending(_ word: String, _ tokens: SpeechTokens, count: Int, end: Int) -> SpeechMatch {
        SpeechMatch(spoken: word, count: Self.endsSentence(tokens, after: end) ? count - 1 : count)
    }

    /// Doctor and Saint stand before a name, Drive and Street after one.
    private func doctorOrStreet(_ tokens: SpeechTokens, _ index: Int) -> SpeechMatch {
        let isDoctor = tokens[index].text == "Dr"
        let (title, street) = isDoctor ? ("Doctor", "Drive") : ("Saint", "Street")
        let before = tokens.wordBefore(index)
        let next = tokens[tokens.afterSpace(index + 2)]
        let hasNumber = tokens[index - 2].kind == .word && tokens[index - 3].kind == .space && tokens[index - 4].kind == .digits
        let precedesName = next.isCapitalized && !Abbreviations.starters.contains(String(next.text))
        if precedesName && !(before.isCapitalized && hasNumber) { return SpeechMatch(spoken: title, count: 2) }
        guard before.isCapitalized || hasNumber else { return SpeechMatch(spoken: title, count: 2) }
        return ending(street, tokens, count: 2, end: index + 2)
    }

    /// Letters with full stops between them.
    private func dotted(_ tokens: SpeechTokens, _ index: Int) -> SpeechMatch? {
        var letters = [tokens[index].text]
        var next = index + 1
        while tokens.isSymbol(next, "."), tokens[next + 1].kind == .word, tokens[next + 1].text.utf8.count <= 2, letters.count < 8 {
            letters.append(tokens[next + 1].text)
            next += 2
        }
        guard letters.count > 1, letters.allSatisfy({ $0.utf8.count <= 2 }) else { return nil }
        let hasStop = tokens.isSymbol(next, ".")
        let written = letters.joined(separator: ".")
        let word: String
        if let known = Self.dottedWords[written] {
            word = known
        } else if hasStop || letters.count > 2, letters.allSatisfy({ $0.utf8.count == 1 }) {
            word = letters.map { $0.uppercased() }.joined(separator: " ")
        } else {
            return nil
        }
        guard hasStop else { return SpeechMatch(spoken: word, count: next - index) }
        return ending(word, tokens, count: next + 1 - index, end: next + 1)
    }

    private static let titles: [Substring: String] = [
        "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Prof": "Professor", "Gen": "General", "Col": "Colonel", "Capt": "Captain",
        "Lt": "Lieutenant", "Sgt": "Sergeant", "Rev": "Reverend", "Hon": "Honorable", "Sen": "Senator", "Rep": "Representative",
        "Gov": "Governor", "Pres": "President", "Mt": "Mount", "Ft": "Fort", "Fr": "Father", "Maj": "Major",
    ]
    private static let beforeNumbers: [Substring: String] = [
        "No": "number", "no": "number", "Nos": "numbers", "nos": "numbers", "p": "page", "pp": "pages", "Fig": "figure",
        "fig": "figure", "Figs": "figures", "figs": "figures", "Vol": "volume", "vol": "volume", "ch": "chapter", "Ch": "chapter",
        "sec": "section", "Sec": "section", "Eq": "equation", "eq": "equation", "Art": "article", "Op": "opus", "op": "opus",
        "Pt": "part", "pt": "part", "ver": "version", "max": "maximum", "min": "minimum",
        "v": "version", "approx": "approximately", "ca": "circa", "c": "circa",
    ]
    private static let words: [Substring: String] = [
        "etc": "et cetera", "vs": "versus", "Jr": "Junior", "Sr": "Senior", "Inc": "Incorporated", "Ltd": "Limited",
        "Co": "Company", "Corp": "Corporation", "Bros": "Brothers", "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road",
        "Ln": "Lane", "Sq": "Square", "Hwy": "Highway", "Pkwy": "Parkway", "approx": "approximately", "dept": "department",
        "Dept": "Department", "est": "established", "Est": "Established", "govt": "government", "Univ": "University",
        "incl": "including", "misc": "miscellaneous", "cf": "compare", "Esq": "Esquire",
        "tel": "telephone", "Tel": "telephone", "ext": "extension", "apt": "apartment", "Apt": "Apartment", "Mfg": "Manufacturing",
        "Jan": "January", "Feb": "February", "Aug": "August", "Sept": "September", "Oct": "October", "Nov": "November",
        "Dec": "December", "viz": "namely", "al": "al", "Assn": "Association",
    ]
    private static let weekdays: [Substring: String] = [
        "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday",
        "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
    ]
    private static let dottedWords: [String: String] = [
        "e.g": "for example", "E.g": "For example", "i.e": "that is", "I.e": "That is", "a.k.a": "also known as", "a.m": "A M",
        "p.m": "P M", "Ph.D": "P H D",
    ]
    private static let slashed: [Substring: String] = ["w/o": "without", "a/k": "also known"]
}
