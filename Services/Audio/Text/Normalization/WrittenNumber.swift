/// A number as it stands in the text: `1,234.5`.
struct WrittenNumber {
    /// Digits of the whole part without separators; empty for `.5`.
    var whole: String
    /// Digits after the point.
    var fraction: String?
    /// Tokens it takes.
    var count: Int
    /// Whether thousands are separated.
    var isGrouped: Bool

    /// The value when it is whole and small enough.
    var integer: Int? { fraction == nil && whole.count <= 9 ? Int(whole) : nil }

    var isOne: Bool { whole == "1" && fraction == nil }

    var spoken: String { fraction.map { EnglishNumber.decimal(whole, $0) } ?? EnglishNumber.cardinal(whole) }
}

extension SpeechTokens {
    /// Reads a number: digits, groups of three after a comma or no-break space, a fraction after a point; or the European form.
    func number(at index: Int) -> WrittenNumber? {
        var number = WrittenNumber(whole: "", fraction: nil, count: 0, isGrouped: false)
        var next = index
        if self[index].kind == .digits {
            number.whole = String(self[index].text)
            next += 1
            while number.whole.count <= 36, isGroupMark(next), self[next + 1].kind == .digits, self[next + 1].text.count == 3,
                number.isGrouped || number.whole.count <= 3
            {
                number.whole += self[next + 1].text
                number.isGrouped = true
                next += 2
            }
        } else if !isSymbol(index, ".") || self[index - 1].kind == .digits || self[index - 1].kind == .word {
            return nil
        }
        if let european = european(at: index) { return european }
        if isSymbol(next, "."), self[next + 1].kind == .digits {
            number.fraction = String(self[next + 1].text)
            next += 2
        }
        number.count = next - index
        return number.count > 0 && (number.fraction != nil || !number.whole.isEmpty) ? number : nil
    }

    /// `1.299,00`: groups after points and two digits of fraction after a comma.
    private func european(at index: Int) -> WrittenNumber? {
        var whole = self[index].text
        var next = index + 1
        guard self[index].kind == .digits, whole.count <= 3 else { return nil }
        while whole.count <= 36, isSymbol(next, "."), self[next + 1].kind == .digits, self[next + 1].text.count == 3 {
            whole += self[next + 1].text
            next += 2
        }
        guard next > index + 1, isSymbol(next, ","), self[next + 1].kind == .digits, self[next + 1].text.count == 2 else {
            return nil
        }
        return WrittenNumber(
            whole: String(whole), fraction: String(self[next + 1].text), count: next + 2 - index, isGrouped: true)
    }

    private func isGroupMark(_ index: Int) -> Bool {
        isSymbol(index, ",") || ["\u{A0}", "\u{202F}", "\u{2009}"].contains(self[index].text)
    }
}
