/// Sums of money: `$5.20`, `£1`, `€3.5 million`, `$10–20`, `20€`, `99¢`, `USD 20`, `50 CHF`.
struct CurrencyRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits, .symbol, .word]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        switch tokens[index].kind {
        case .symbol: tokens.symbol(index).flatMap { Self.symbols[$0] }.flatMap { amount($0, tokens, index, skipping: 1) }
        case .word: word(tokens, index)
        default: number(tokens, index)
        }
    }

    /// `US$5`, `USD 20`.
    private func word(_ tokens: SpeechTokens, _ index: Int) -> SpeechMatch? {
        let text = tokens[index].text
        if let currency = Self.prefixed[text], tokens.isSymbol(index + 1, "$") {
            return amount(currency, tokens, index, skipping: 2)
        }
        guard let currency = Self.codes[text] else { return nil }
        return amount(currency, tokens, index, skipping: tokens.afterSpace(index + 1) - index)
    }

    /// A sum after its currency.
    private func amount(_ currency: Currency, _ tokens: SpeechTokens, _ index: Int, skipping: Int) -> SpeechMatch? {
        guard let first = tokens.number(at: index + skipping) else { return nil }
        var next = index + skipping + first.count
        guard let dash = tokens.symbol(next), dash == "-" || dash == "–" else {
            return sum(currency, first, tokens, index, next)
        }
        let second = Self.symbols[tokens.symbol(next + 1) ?? " "] == nil ? next + 1 : next + 2
        guard let last = tokens.number(at: second) else { return sum(currency, first, tokens, index, next) }
        next = second + last.count
        guard let rest = sum(currency, last, tokens, index, next) else { return nil }
        return SpeechMatch(spoken: "\(first.spoken) to \(rest.spoken)", count: rest.count)
    }

    /// A sum before its currency.
    private func number(_ tokens: SpeechTokens, _ index: Int) -> SpeechMatch? {
        guard let number = tokens.number(at: index) else { return nil }
        let next = index + number.count
        if tokens.isSymbol(next, "¢") { return SpeechMatch(spoken: Currency.cents.spoken(number), count: number.count + 1) }
        let place = tokens.afterSpace(next)
        if let mark = tokens.symbol(place), let currency = Self.symbols[mark], mark == "€" || place == next,
            tokens[place + 1].kind != .digits
        {
            return SpeechMatch(spoken: currency.spoken(number), count: place + 1 - index)
        }
        guard let currency = Self.codes[tokens[place].text] else { return nil }
        return SpeechMatch(spoken: currency.spoken(number), count: place + 1 - index)
    }

    /// - Parameter end: where the number has ended.
    private func sum(_ currency: Currency, _ number: WrittenNumber, _ tokens: SpeechTokens, _ index: Int, _ end: Int)
        -> SpeechMatch?
    {
        let word = tokens.afterSpace(end)
        let text = tokens[word].text
        if let scale = Self.scales[text] ?? (word == end ? Self.shortScales[text] : nil) {
            return SpeechMatch(spoken: "\(number.spoken) \(scale) \(currency.plural)", count: word + 1 - index)
        }
        return SpeechMatch(spoken: currency.spoken(number), count: end - index)
    }

    private static let scales: [Substring: String] = [
        "hundred": "hundred", "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
        "bn": "billion", "mn": "million",
    ]
    private static let shortScales: [Substring: String] = [
        "k": "thousand", "K": "thousand", "m": "million", "M": "million", "b": "billion", "B": "billion", "T": "trillion",
    ]
    static let symbols: [Character: Currency] = [
        "$": .dollar, "£": .pound, "€": .euro, "¥": Currency("yen", "yen"), "₹": Currency("rupee", "rupees", "paisa", "paise"),
        "₩": Currency("won", "won"), "₽": Currency("ruble", "rubles", "kopek", "kopeks"), "₿": Currency("bitcoin", "bitcoins"),
        "₺": Currency("lira", "lira"), "₪": Currency("shekel", "shekels", "agora", "agorot"), "₫": Currency("dong", "dong"),
    ]
    private static let prefixed: [Substring: Currency] = [
        "US": .dollar, "C": .named("Canadian"), "CA": .named("Canadian"), "A": .named("Australian"), "AU": .named("Australian"),
        "HK": .named("Hong Kong"), "NZ": .named("New Zealand"), "S": .named("Singapore"),
    ]
    private static let codes: [Substring: Currency] = [
        "USD": .dollar, "EUR": .euro, "GBP": .pound, "JPY": Currency("yen", "yen"), "CAD": .named("Canadian"),
        "AUD": .named("Australian"), "CHF": Currency("Swiss franc", "Swiss francs", "centime", "centimes"),
        "CNY": Currency("yuan", "yuan"), "INR": Currency("rupee", "rupees", "paisa", "paise"),
        "SEK": Currency("Swedish krona", "Swedish kronor"), "NOK": Currency("Norwegian krone", "Norwegian kroner"),
        "DKK": Currency("Danish krone", "Danish kroner"), "BTC": Currency("bitcoin", "bitcoins"),
    ]
}
