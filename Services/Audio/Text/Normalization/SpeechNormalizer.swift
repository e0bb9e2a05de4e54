import AudioAPI

/// Writes text the way it is said: numbers, dates, abbreviations and symbols become words.
///
/// The rules are English. For other languages only emoji and stray symbols are taken out, since the phonemiser reads their numbers.
package struct SpeechNormalizer: Sendable {
    /// What becomes of emoji.
    package enum EmojiStyle: String, Sendable, Hashable, CaseIterable {
        /// Not said.
        case dropped
        /// Said by their Unicode names.
        case named
    }

    /// In what order a date of numbers alone is written when both readings are possible.
    package enum DateOrder: String, Sendable, Hashable, CaseIterable {
        /// As in the United States.
        case monthFirst = "mdy"
        /// As in Europe.
        case dayFirst = "dmy"
    }

    private let rules: [[any SpeechRule]]

    /// - Parameters:
    ///   - language: a code such as `en` or `en-GB`.
    ///   - emoji: what becomes of emoji.
    ///   - dateOrder: how to read 3/4/2026.
    package init(language: String = "en", emoji: EmojiStyle = .dropped, dateOrder: DateOrder = .monthFirst) {
        let english: [any SpeechRule] = [
            AddressRule(), DateRule(order: dateOrder), NamedDateRule(), PhoneRule(), TimeRule(), VersionRule(), CurrencyRule(),
            NegativeRule(), RangeRule(), FractionRule(), PercentRule(), OrdinalRule(), DecadeRule(), FeetRule(), UnitRule(),
            YearRule(),
            CardinalRule(),
            RomanNumeralRule(), AbbreviationRule(), AcronymRule(), SymbolRule(),
        ]
        let all: [any SpeechRule] = [EmojiRule(style: emoji)] + (language.hasPrefix("en") ? english : [])
        rules = SpeechToken.Kind.allCases.map { kind in all.filter { $0.starts.contains(kind) } }
    }

    /// The text in words, with single spaces; empty when nothing in it can be said.
    package func spoken(_ text: some StringProtocol) -> String {
        let tokens = SpeechTokens(String(text))
        var output = SpokenText()
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            if let match = isPlain(tokens, index) ? nil : firstMatch(tokens, at: index) {
                output.append(words: match.spoken)
                index += match.count
            } else {
                output.append(token)
                index += 1
            }
        }
        return output.text.trimmed
    }

    private func firstMatch(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        for rule in rules[tokens[index].kind.rawValue] {
            if let match = rule.match(tokens, at: index) { return match }
        }
        return nil
    }

    /// Most tokens are words in small letters that no rule concerns.
    private func isPlain(_ tokens: SpeechTokens, _ index: Int) -> Bool {
        let token = tokens[index]
        guard token.kind == .word else { return token.kind == .space }
        guard let first = token.text.utf8.first, (97...122).contains(first), token.text.utf8.count > 2 else { return false }
        switch tokens[index + 1].kind {
        case .space, .end: return true
        case .symbol: return [",", ";", "!", "?"].contains(tokens[index + 1].text)
        default: return false
        }
    }
}
