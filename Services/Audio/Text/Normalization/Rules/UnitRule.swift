/// Quantities: `5 km`, `10 kg`, `16GB`, `−3 °C`, `90 km/h`, `20 m²`, `6 ft 2 in`.
struct UnitRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits, .symbol]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard let number = tokens.number(at: index) else { return nil }
        let next = index + number.count
        let place = tokens.afterSpace(next)
        if let degrees = degrees(tokens, place, one: number.isOne) {
            return SpeechMatch(spoken: "\(number.spoken) \(degrees.spoken)", count: place + degrees.count - index)
        }
        guard tokens[place].kind == .word, tokens[place + 1].kind != .digits,
            let unit = MeasuringUnit.named(tokens[place].text, apart: place > next)
        else { return nil }
        var (spoken, end) = (number.isOne ? unit.singular : unit.plural, place + 1)
        if let power = MeasuringUnit.powers[tokens.symbol(end) ?? " "] {
            spoken = "\(power) \(spoken)"
            end += 1
        }
        if tokens.isSymbol(end, "/"), tokens[end + 1].kind == .word,
            let divisor = MeasuringUnit.divisors[tokens[end + 1].text]
                ?? MeasuringUnit.named(tokens[end + 1].text, apart: false)?.singular
        {
            spoken += " per \(divisor)"
            end += 2
            if let power = MeasuringUnit.divisorPowers[tokens.symbol(end) ?? " "] {
                spoken += " \(power)"
                end += 1
            }
        }
        // "5 in." and "10 ft. long" have a full stop of their own.
        if unit.takesStop, tokens.isSymbol(end, "."), !AbbreviationRule.endsSentence(tokens, after: end + 1) { end += 1 }
        return SpeechMatch(spoken: "\(number.spoken) \(spoken)", count: end - index)
    }

    /// `°C`, `°`, and the single characters `℃` and `℉`.
    private func degrees(_ tokens: SpeechTokens, _ index: Int, one: Bool) -> SpeechMatch? {
        let word = one ? "degree" : "degrees"
        switch tokens.symbol(index) {
        case "℃": return SpeechMatch(spoken: "\(word) Celsius", count: 1)
        case "℉": return SpeechMatch(spoken: "\(word) Fahrenheit", count: 1)
        case "°", "º":
            let scale = tokens.afterSpace(index + 1)
            switch tokens[scale].text {
            case "C": return SpeechMatch(spoken: "\(word) Celsius", count: scale + 1 - index)
            case "F": return SpeechMatch(spoken: "\(word) Fahrenheit", count: scale + 1 - index)
            case let side where scale == index + 1 && ["N", "S", "E", "W"].contains(side):
                return SpeechMatch(
                    spoken: word + (["N": " north", "S": " south", "E": " east"][side] ?? " west"), count: 2)
            default: return SpeechMatch(spoken: word, count: 1)
            }
        default: return nil
        }
    }
}
