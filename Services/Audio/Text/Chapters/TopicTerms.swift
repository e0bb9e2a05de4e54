/// Words that carry a topic, in the form in which they are compared.
struct TopicTerms {
    private let stopwords: Set<String>
    private let isEnglish: Bool

    /// - Parameter language: a code such as `en`; unknown languages are taken for English.
    init(language: String?) {
        let code = language.map { String($0.prefix { $0 != "-" }).lowercased() } ?? "en"
        let words = Self.stopwords[code] ?? Self.stopwords["en"] ?? ""
        stopwords = Set(words.split(whereSeparator: \.isWhitespace).map(String.init))
        isEnglish = code == "en"
    }

    /// The stem of a word; `nil` for words that carry no topic.
    /// - Parameter word: in small letters.
    func term(_ word: String) -> String? {
        let isLong = word.utf8.count > 2 || word.unicodeScalars.first?.value ?? 0 > 0x2E80
        guard isLong, !stopwords.contains(word), !(word.utf8.first.map { (48...57).contains($0) } ?? true) else { return nil }
        return isEnglish ? Self.stem(word) : word
    }

    /// Takes off the plainest English endings, as the first step of Porter's stemmer does (1980): enough to join the forms of
    /// one word.
    private static func stem(_ word: String) -> String {
        var word = word[...]
        if word.hasSuffix("'s") { word = word.dropLast(2) }
        for (ending, replacement) in endings where word.hasSuffix(ending) && word.count - ending.count >= 3 {
            var stem = word.dropLast(ending.count) + replacement
            // "running", "planned"
            if replacement.isEmpty, ending != "s", ending != "es", let last = stem.last, stem.dropLast().last == last,
                !"lsz".contains(last)
            {
                stem = stem.dropLast()
            }
            return String(stem)
        }
        return String(word)
    }

    private static let endings = [("ies", "y"), ("sses", "ss"), ("ss", "ss"), ("ing", ""), ("ed", ""), ("s", "")]

    /// Function words, which every text has.
    private static let stopwords: [String: String] = [
        "en":
            """
        a about above across actually after again against all almost along already also although always am among an and \
        another any anybody anyone anything are aren't around as at away back be because become been before being below \
        between both but by can can't cannot come could couldn't day did didn't do does doesn't doing don't done down during \
        each either else enough even ever every everybody everyone everything far few find first for from further get gets \
        getting give go goes going gonna good got had has have haven't having he he's her here hers herself him himself his \
        how however i i'd i'll i'm i've if in indeed instead into is isn't it it's its itself just keep kind know last least \
        less let let's like little long look lot made make many may maybe me mean means might mine more most much must my \
        myself near need never new next no nobody none nor not nothing now of off often oh okay old on once one only onto or \
        other others our ours out over own part people perhaps point put quite rather really right said same say says see seem \
        she should since so some somebody someone something sometimes somewhere soon still such sure take talk tell than that \
        that's the their theirs them then there there's these they they're thing things think this those though through time \
        to today together too toward turn two under until up upon us use used using very want wanted was wasn't way ways we \
        we'll we're we've well went were what what's when where whether which while who whole whom whose why will with within \
        without won't would wouldn't yeah year years yes yet you you'll you're you've your yours yourself mr mrs three four \
        five six seven eight nine ten hundred thousand million second
        """,
        "de":
            """
        der die das den dem des ein eine einen einem einer und oder aber ist sind war waren wird werden nicht auch auf aus bei \
        mit nach von vor zum zur für über unter ich du er sie es wir ihr man sich wie wenn dass noch nur schon sehr hier dann \
        also haben hat hatte kann können muss müssen
        """,
        "fr":
            """
        le la les un une des du de et ou mais est sont était dans pour par sur avec sans que qui quoi dont ce cette ces il \
        elle nous vous ils elles ne pas plus très être avoir fait
        """,
        "es":
            """
        el los las una unos unas y o pero es son era en por para con sin que quien como más muy este esta estos estas se su \
        sus lo al del no sí ya
        """,
        "it":
            """
        il lo gli uno di da in con su per tra fra che chi non più molto sono era essere avere questo questa
        """,
        "pt":
            """
        os as um uma dos das em no na com sem mais muito foi ser ter isso isto
        """,
        "nl":
            """
        het een en van is dat die niet met voor op aan zijn er maar om ook als bij nog
        """,
    ]
}
