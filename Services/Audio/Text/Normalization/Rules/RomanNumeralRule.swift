/// Roman numerals after a heading, a ruler's name or another name: `Chapter IV`, `Henry VIII`, `World War II`, `Rocky III`.
struct RomanNumeralRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.word]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        let numeral = tokens[index].text
        guard numeral.utf8.count <= 8, tokens[index - 1].kind == .space, let value = Self.value(numeral) else { return nil }
        let before = tokens.wordBefore(index)
        guard before.kind == .word else { return nil }
        if Self.headings.contains(before.text.lowercased()) {
            return SpeechMatch(spoken: EnglishNumber.cardinal(value), count: 1)
        }
        guard before.isCapitalized, !before.isAllCapitals, before.text.utf8.count > 1 else { return nil }
        if Self.rulers.contains(before.text) {
            if numeral == "I" {
                let following = tokens[tokens.afterSpace(index + 1)].text
                if Self.verbsOfI.contains(following) { return nil }
            }
            return SpeechMatch(spoken: "the \(EnglishNumber.ordinal(value))", count: 1)
        }
        // Elsewhere letters that also abbreviate (CD, MD, IV drip) stay letters.
        guard numeral.utf8.count > 1, value < 40 else { return nil }
        return SpeechMatch(spoken: EnglishNumber.cardinal(value), count: 1)
    }

    /// The value of a numeral in the usual form; `nil` for anything else (`IIII`, `IC`).
    static func value(_ numeral: some StringProtocol) -> Int? {
        var rest = Substring(numeral)
        var value = 0
        for (symbol, worth, limit) in symbols {
            var times = 0
            while times < limit, rest.hasPrefix(symbol) {
                rest = rest.dropFirst(symbol.count)
                value += worth
                times += 1
            }
        }
        return rest.isEmpty && value > 0 && canonical(value) == numeral ? value : nil
    }

    private static func canonical(_ value: Int) -> String {
        var (rest, text) = (value, "")
        for (symbol, worth, _) in symbols {
            while rest >= worth {
                text += symbol
                rest -= worth
            }
        }
        return text
    }

    private static let symbols: [(String, Int, Int)] = [
        ("M", 1000, 3), ("CM", 900, 1), ("D", 500, 1), ("CD", 400, 1), ("C", 100, 3), ("XC", 90, 1), ("L", 50, 1), ("XL", 40, 1),
        ("X", 10, 3), ("IX", 9, 1), ("V", 5, 1), ("IV", 4, 1), ("I", 1, 3),
    ]
    private static let headings: Set<String> = [
        "chapter", "part", "act", "scene", "book", "volume", "vol", "section", "article", "appendix", "war", "type", "phase",
        "stage", "title", "level", "figure", "table", "grade", "class", "episode", "season", "canto", "psalm", "bowl", "no", "step",
        "round", "group", "category", "schedule", "tier", "verse", "lesson", "unit", "division", "olympiad",
    ]
    private static let rulers: Set<Substring> = [
        "Henry", "Louis", "Elizabeth", "George", "Charles", "Edward", "William", "James", "Richard", "John", "Paul", "Pius",
        "Benedict", "Philip", "Frederick", "Wilhelm", "Catherine", "Alexander", "Nicholas", "Ivan", "Peter", "Leopold", "Napoleon",
        "Francis", "Ferdinand", "Alfonso", "Gregory", "Clement", "Innocent", "Urban", "Leo", "Mary", "Margaret", "Harald", "Haakon",
        "Olav", "Gustav", "Carl", "Christian", "Ramesses", "Rameses", "Thutmose", "Amenhotep", "Darius", "Xerxes", "Ptolemy",
        "Cleopatra", "Theodore", "Robert", "David", "Malcolm", "Stephen", "Otto", "Joseph", "Maximilian", "Rudolf", "Juan",
        "Felipe", "Umberto", "Victor", "Emmanuel", "Baldwin", "Conrad", "Constantine", "Justinian", "Theodosius", "Mehmed",
        "Suleiman", "Selim", "Murad", "Abdul", "Naruhito", "Rama", "Hussein", "Abdullah", "Hassan", "Mohammed", "Beatrix",
        "Margrethe", "Isabella", "Eric", "Erik", "Sigismund", "Casimir",
    ]
    private static let verbsOfI: Set<Substring> = [
        "am", "think", "have", "had", "know", "will", "would", "can", "could", "do", "did", "want", "love", "see", "saw", "believe",
        "guess", "mean", "hope", "need", "like", "don't", "can't", "didn't", "just", "also", "met",
    ]
}
