/// Sounds and phrases that say nothing.
package struct FillerWords: Sendable, Hashable {
    private let words: Set<String>
    private let phrases: Set<[String]>
    private let longestPhrase: Int

    /// - Parameters:
    ///   - language: a code such as `en`; unknown languages get the sounds of English.
    ///   - extra: words or phrases to cut besides, such as `you know`.
    package init(language: String? = nil, extra: [String] = []) {
        let code = language.map { String($0.prefix { $0 != "-" }).lowercased() } ?? "en"
        let entries = (Self.sounds[code] ?? Self.sounds["en"] ?? []) + extra
        let split = entries.map { TextWords($0).words.map(Self.shortened) }
        words = Set(split.filter { $0.count == 1 }.map { $0[0] })
        phrases = Set(split.filter { $0.count > 1 })
        longestPhrase = phrases.map(\.count).max() ?? 1
    }

    /// How many of the words, from `index` on, are one filler; 0 for none.
    func length(_ words: [String], at index: Int) -> Int {
        for length in stride(from: min(longestPhrase, words.count - index), to: 1, by: -1)
        where phrases.contains(Array(words[index..<index + length])) {
            return length
        }
        return self.words.contains(words[index]) ? 1 : 0
    }

    /// A word as it is compared: without punctuation, "ummmm" as "um".
    static func comparable(_ word: String) -> String {
        TextWords(word).words.map(shortened).joined()
    }

    private static func shortened(_ word: String) -> String {
        word.reduce(into: "") { short, character in
            if character != short.last { short.append(character) }
        }
    }

    private static let sounds: [String: [String]] = [
        "en": ["um", "uh", "uhm", "erm", "er", "ehm", "hmm", "hm", "mm", "mhm", "ah", "eh", "umm"],
        "de": ["äh", "ähm", "öh", "öhm", "hm", "mhm", "eh", "ehm"],
        "fr": ["euh", "heu", "hum", "hm", "ben euh"],
        "es": ["eh", "em", "ehm", "este eh", "mmm", "ah"],
        "it": ["ehm", "eh", "mm", "uhm"],
        "pt": ["hum", "hã", "ahn", "é é", "eh"],
        "nl": ["eh", "ehm", "uh", "uhm", "hm"],
        "sv": ["eh", "öh", "hmm", "äh"],
        "ja": ["えー", "えーと", "えっと", "あの", "あのー", "うーん"],
        "zh": ["嗯", "呃", "额"],
    ]
}
