/// Where text may be broken so that it still reads well.
///
/// Source of the order (after punctuation, before conjunctions and prepositions, never between an article and its noun or inside
/// a name): Netflix Timed Text Style Guide, "Line treatment"; BBC Subtitle Guidelines, "Line breaks".
struct Phrasing {
    private let openers: Set<String>
    private let binders: Set<String>
    private let capitalsMarkNames: Bool

    /// - Parameter language: a code such as `en`; for unknown languages only punctuation counts.
    init(language: String?) {
        let code = language.map { String($0.prefix { $0 != "-" }).lowercased() } ?? "en"
        let words = Self.words[code]
        capitalsMarkNames = code != "de"
        openers = Set(words?.openers.split(separator: " ").map(String.init) ?? [])
        binders = Set(words?.binders.split(separator: " ").map(String.init) ?? [])
    }

    /// How badly a break between two units reads, from 0 (after a sentence) to 10 (inside a phrase).
    func cost(after a: CaptionUnit, before b: CaptionUnit) -> Double {
        let pause = b.start - a.end > 0.3 ? 1.5 : 0
        switch a.text.unicodeScalars.last(where: { !Self.quotes.contains($0) }) {
        case let mark? where Self.sentenceEnds.contains(mark): return 0
        case let mark? where Self.clauseEnds.contains(mark): return 1.5
        default: break
        }
        if a.endsSegment { return 2 }
        if binders.contains(a.text.lowercased()) { return 10 - pause }
        if openers.contains(a.text.lowercased()) { return 9 - pause }
        if openers.contains(b.text.lowercased()) { return 3 - pause }
        if let cost = unspacedCost(after: a, before: b) { return cost - pause }
        // A name begins where a capital follows a small letter; German writes every noun so.
        let (wasCapital, isCapital) = (a.text.first?.isUppercase ?? false, b.text.first?.isUppercase ?? false)
        if wasCapital && isCapital && a.text.count > 1 { return 9 - pause }
        return (isCapital && capitalsMarkNames ? 4 : 6) - pause
    }

    /// In Japanese a phrase ends where hiragana (particles, endings) give way to another script.
    private func unspacedCost(after a: CaptionUnit, before b: CaptionUnit) -> Double? {
        guard let tail = a.text.unicodeScalars.last, let head = b.text.unicodeScalars.first, tail.isUnspacedScript,
            head.isUnspacedScript
        else { return nil }
        let hiragana: ClosedRange<UInt32> = 0x3041...0x309F
        return hiragana.contains(tail.value) && !hiragana.contains(head.value) ? 3.5 : 7
    }

    /// Whether a sentence ends with the unit.
    func endsSentence(_ unit: CaptionUnit) -> Bool {
        unit.text.unicodeScalars.last { !Self.quotes.contains($0) }.map { Self.sentenceEnds.contains($0) } ?? false
    }

    private static let sentenceEnds = Set(".!?…。！？؟۔।".unicodeScalars)
    private static let clauseEnds = Set(",;:—–、，；：،؛".unicodeScalars)
    private static let quotes = Set("\"'”’»)]」』）".unicodeScalars)

    /// Openers begin a phrase (conjunctions, prepositions, relative pronouns); binders belong to the word after them.
    private static let words: [String: (openers: String, binders: String)] = [
        "en": (
            """
            and but or nor so yet because although though while when where if unless until since that which who whom whose than \
            in on at by for with from to of about after before between into through over under during without against among \
            as like
            """,
            """
            a an the my your his her its our their this these those is are was were be been i you he she it we they \
            not very to mr mrs dr
            """
        ),
        "de": (
            """
            und oder aber denn sondern weil dass ob wenn als während obwohl damit bevor nachdem in im an am auf aus bei mit nach \
            von vom zu zum zur für durch gegen ohne um über unter vor zwischen die der das
            """,
            "ein eine einen einem einer eines dem den des mein dein sein ihr unser kein keine nicht sehr ich du er sie es wir"
        ),
        "fr": (
            """
            et ou mais donc car ni que qui dont où quand comme si parce puisque à de dans en par pour sur avec sans \
            sous chez vers entre
            """,
            """
            le la les un une des du au aux mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet \
            cette ces je tu il elle nous vous ils elles ne
            """
        ),
        "es": (
            "y e o u pero sino porque que quien donde cuando como si aunque a de en por para con sin sobre entre hasta desde hacia",
            "el la los las un una unos unas mi mis tu tus su sus nuestro nuestra este esta estos estas del al no muy lo se"
        ),
        "it": (
            "e o ma però perché che chi dove quando come se anche a di da in con su per tra fra sul nel alla della",
            "il lo la i gli le un uno una mio mia tuo tua suo sua nostro questo questa del non molto si ci"
        ),
        "pt": (
            "e ou mas porque que quem onde quando como se embora a de em por para com sem sobre entre até desde",
            "o os as um uma uns umas meu minha seu sua nosso este esta esse essa do da dos das no na não muito"
        ),
        "nl": (
            """
            en of maar want omdat dat die als toen terwijl hoewel in op aan bij met naar van voor door tegen zonder \
            om over onder uit te
            """,
            "de het een mijn jouw zijn haar ons onze hun dit deze geen niet heel ik jij hij zij we wij"
        ),
    ]
}
