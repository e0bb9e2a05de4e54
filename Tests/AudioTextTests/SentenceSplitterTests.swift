import AudioText
import TestSupport
import Testing

@Suite(.computing) struct SentenceSplitterTests {
    private func sentences(_ text: String, _ language: String = "en") -> [String] {
        SentenceSplitter(text, language: language).map { String($0.text) }
    }

    /// Sentences are separated by a bar.
    @Test(arguments: [
        "Hello there.|How are you?|Fine!", "Dr. Smith met Mr. Jones.|They talked.", "It costs 3.14 dollars.|Cheap.",
        "He said \"Stop.\"|Then he left.", "\"Really?\" he asked.|\"Yes!\" she said.", "Wait... what?|No.", "Well…|Then no.",
        "Wait … what is it?", "I saw apples, pears, etc. and more.|Good.", "Bring apples, pears, etc.|The rest is mine.",
        "J. R. R. Tolkien wrote it.|He was English.", "The U.S. army came.|The U.S.|It is big.", "See Fig. 3 for it.|See p. 5.",
        "It was at 5 p.m. on Monday.|It rained.", "It was at 5 p.m.|The end.", "No. 5 is alive.|Is it?|No.|It can't be.",
        "Use e.g. Swift or i.e. this.|Done.", "(It rained.)|It stopped.", "Visit example.com today.|Or not.", "What?!|Yes!!!|OK.",
        "Paul Jr. went home.|He slept.", "She has a Ph.D. in maths.|Wow.", "v1.2.3 is out.|Get it.", "It was I.|And you?",
        "one sentence", "He came in.|Bob sat.|Ann left.", "I like art.|Bob likes art. 5 of it.", "On Nov. 5 it ran.|Rex too.",
        "Mt. Everest is high.|St. Paul is not.", "He lives in Washington D.C. now.|Yes.",
    ])
    func english(marked: String) {
        let expected = marked.split(separator: "|").map(String.init)
        #expect(sentences(expected.joined(separator: " ")) == expected)
    }

    @Test(arguments: [
        ("de", "Am 3. Oktober ist Feiertag.|Dr. Müller kommt z.B. auch.|Schön!"), ("fr", "« Bonjour ! »|M. Dupont est là.|Voilà."),
        ("es", "¿Qué tal?|¡Muy bien!|El Sr. Pérez no viene."), ("ru", "Привет.|Как дела?|Хорошо."),
        ("ar", "مرحبا.|كيف حالك؟|بخير."),
        ("he", "שלום.|מה שלומך?"), ("hi", "नमस्ते।|आप कैसे हैं?"), ("ur", "سلام۔|آپ کیسے ہیں؟"),
    ])
    func otherLanguages(language: String, marked: String) {
        let expected = marked.split(separator: "|").map(String.init)
        #expect(sentences(expected.joined(separator: " "), language) == expected)
    }

    @Test(arguments: ["你好。|你叫什么名字？|我很好！", "「行こう。」|彼は言った。", "今日は晴れ。|明日は？"])
    func withoutSpaces(marked: String) {
        let expected = marked.split(separator: "|").map(String.init)
        #expect(sentences(expected.joined(), "ja") == expected)
    }

    @Test func paragraphs() {
        let found = SentenceSplitter("A title\n\nFirst one. Second\none.\n\n- item one\n- item two\n\n\n").map { $0 }
        #expect(found.map { String($0.text) } == ["A title", "First one.", "Second\none.", "- item one", "- item two"])
        #expect(found.map(\.endsParagraph) == [true, false, true, true, true])
    }

    @Test(arguments: ["", " ", "\n\n", "."])
    func almostNothing(text: String) {
        #expect(sentences(text).joined() == (text == "." ? "." : ""))
    }

    @Test func textIsNeverLost() {
        let text = "A b. C!? \"D\" (e). f…g 1.2 3. X\n\ny。z！ 🎉. \u{202E}q"
        let kept = sentences(text).joined().filter { !$0.isWhitespace }
        #expect(kept == text.filter { !$0.isWhitespace })
    }
}
