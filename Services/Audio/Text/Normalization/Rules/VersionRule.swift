/// Numbers with several points: versions, addresses, chapters: `2.0.1`, `192.168.0.1`.
struct VersionRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.digits]

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        var parts = [tokens[index].text]
        var next = index + 1
        while tokens.isSymbol(next, "."), tokens[next + 1].kind == .digits {
            parts.append(tokens[next + 1].text)
            next += 2
        }
        guard parts.count > 2 else { return nil }
        let mark = parts.count == 4 ? " dot " : " point "
        return SpeechMatch(spoken: parts.map { EnglishNumber.cardinal($0) }.joined(separator: mark), count: next - index)
    }
}
