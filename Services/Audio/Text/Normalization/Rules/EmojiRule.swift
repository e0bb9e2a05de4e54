/// Emoji, dropped or said by their Unicode names.
struct EmojiRule: SpeechRule {
    let starts: Set<SpeechToken.Kind> = [.emoji]
    let style: SpeechNormalizer.EmojiStyle

    func match(_ tokens: SpeechTokens, at index: Int) -> SpeechMatch? {
        guard style == .named, let first = tokens[index].text.unicodeScalars.first, let name = first.properties.name else {
            return SpeechMatch(spoken: "", count: 1)
        }
        // A flag is two letters whose names say nothing.
        return SpeechMatch(spoken: (0x1F1E6...0x1F1FF).contains(first.value) ? "flag" : name.lowercased(), count: 1)
    }
}
