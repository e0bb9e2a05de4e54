import AudioAPI

/// Gathers pieces of speech while a document's elements open and close.
struct SSMLBuilder {
    private struct Frame {
        let name: String
        let rate: Double
        /// Collects the text of `say-as` and `sub` instead of saying it.
        var collected: String?
        var replacement: (@Sendable (String) -> String)?
        let isSilent: Bool
    }

    private let normalizer: SpeechNormalizer
    private let language: String
    private let pauses: SpeechPauses
    private let maximumLength: Int
    /// Seconds that the breaks may still last.
    private var pausesLeft: Double
    private var frames: [Frame] = []
    private var pieces: [SpeechPiece] = []
    /// Text of the piece that grows, in words.
    private var words = ""
    /// Text that is not yet in words.
    private var raw = ""

    init(
        normalizer: SpeechNormalizer, language: String, pauses: SpeechPauses, maximumLength: Int, longestPauses: Double
    ) {
        (self.normalizer, self.language, self.pauses, self.maximumLength) = (normalizer, language, pauses, maximumLength)
        pausesLeft = longestPauses
    }

    private var rate: Double { frames.last?.rate ?? 1 }

    mutating func open(_ element: XMLElement) throws(SSMLError) {
        let name = element.name
        guard let outer = frames.last else {
            try root(element)
            return
        }
        if outer.replacement != nil { throw element.position.failure("<\(outer.name)> holds only text, not <\(name)>") }
        var frame = Frame(name: name, rate: rate, isSilent: outer.isSilent || Self.unspoken.contains(name))
        switch name {
        case "p", "s":
            if let open = frames.last(where: { $0.name == "s" || $0.name == "p" && name == "p" }) {
                throw element.position.failure("<\(name)> must not stand inside <\(open.name)>")
            }
            pause(name == "p" ? pauses.paragraph : pauses.sentence, isBoundary: true)
        case "break":
            let seconds = try SSMLValues.pause(element, pauses: pauses)
            guard seconds <= pausesLeft else { throw element.position.failure("the breaks are too long together") }
            pausesLeft -= seconds
            pause(seconds, isBoundary: false)
        case "prosody":
            let inner = try SSMLValues.rate(element, around: rate)
            if inner != rate { flush() }
            frame = Frame(name: name, rate: inner, isSilent: frame.isSilent)
        case "say-as":
            guard let interpretation = element.attributes["interpret-as"] else {
                throw element.position.failure("<say-as> needs interpret-as")
            }
            let sayAs = SayAs(interpretation: interpretation, format: element.attributes["format"], normalizer: normalizer)
            frame.collected = ""
            frame.replacement = { sayAs.spoken($0) }
        case "sub":
            guard let alias = element.attributes["alias"] else { throw element.position.failure("<sub> needs alias") }
            let spoken = normalizer.spoken(alias)
            frame.collected = ""
            frame.replacement = { _ in spoken }
        case "speak": throw element.position.failure("<speak> must not stand inside another element")
        default:
            guard name.contains(":") || Self.heardAsText.contains(name) || Self.unspoken.contains(name) else {
                throw element.position.failure("<\(name)> is no element of SSML 1.1")
            }
        }
        frames.append(frame)
    }

    mutating func close() {
        let frame = frames.removeLast()
        switch frame.name {
        case "p" where !frame.isSilent: pause(pauses.paragraph, isBoundary: true)
        case "s" where !frame.isSilent: pause(pauses.sentence, isBoundary: true)
        case "prosody" where frame.rate != rate: flush(rate: frame.rate)
        default: break
        }
        if let replacement = frame.replacement, !frame.isSilent { add(words: replacement(frame.collected ?? "")) }
    }

    mutating func say(_ text: String) {
        guard let frame = frames.last, !frame.isSilent else { return }
        if frame.replacement != nil {
            frames[frames.count - 1].collected? += text
        } else {
            raw += text
        }
    }

    mutating func finished() -> [SpeechPiece] {
        flush()
        return pieces
    }

    private mutating func root(_ element: XMLElement) throws(SSMLError) {
        guard element.name == "speak" else {
            throw element.position.failure("the root element must be <speak>, not <\(element.name)>")
        }
        if let version = element.attributes["version"], version != "1.0" && version != "1.1" {
            throw element.position.failure("SSML version \(version) is not known; use 1.0 or 1.1")
        }
        frames.append(Frame(name: "speak", rate: 1, isSilent: false))
    }

    /// Ends the piece that grows and rests after it. Boundaries of paragraphs and sentences only see to it that there is a pause;
    /// breaks add to what is there.
    private mutating func pause(_ seconds: Double, isBoundary: Bool) {
        flush()
        guard !pieces.isEmpty else {
            if !isBoundary && seconds > 0 { pieces.append(SpeechPiece(text: "", pause: seconds, rate: rate)) }
            return
        }
        let last = pieces.count - 1
        pieces[last].pause = isBoundary ? max(pieces[last].pause, seconds) : pieces[last].pause + seconds
    }

    private mutating func add(words more: String) {
        settle()
        guard !more.isEmpty else { return }
        if !words.isEmpty { words += " " }
        words += more
    }

    /// Puts the raw text into words.
    private mutating func settle() {
        guard !raw.isEmpty else { return }
        let spoken = normalizer.spoken(raw)
        raw = ""
        guard let first = spoken.first else { return }
        if !words.isEmpty && !".,;:!?…)]}".contains(first) { words += " " }
        words += spoken
    }

    private mutating func flush(rate: Double? = nil) {
        settle()
        defer { words = "" }
        guard words.contains(where: { $0.isLetter || $0.isNumber }) else { return }
        for chunk in TextChunker(words, language: language, maximumLength: maximumLength) {
            let pause = chunk.isComplete ? pauses.sentence : 0
            pieces.append(SpeechPiece(text: String(chunk.text), pause: pause, rate: rate ?? self.rate))
        }
        // What follows decides about the pause after the last one.
        if !pieces.isEmpty { pieces[pieces.count - 1].pause = 0 }
    }

    /// Elements whose effect this voice does not have.
    private static let heardAsText: Set<String> = ["emphasis", "voice", "lang", "w", "token", "phoneme", "audio", "mark", "lookup"]
    /// Elements that speak to programs.
    private static let unspoken: Set<String> = ["desc", "metadata", "meta", "lexicon"]
}
