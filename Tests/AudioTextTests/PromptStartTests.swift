import AudioText
import TestSupport
import Testing

@Suite(.computing) struct PromptStartTests {
    private func parts(_ texts: String...) -> [SpeechPiece] {
        var start = PromptStart()
        return texts.flatMap { start.parts(of: SpeechPiece(text: $0, pause: 0.35, rate: 1.5)) }
    }

    @Test func theFirstLongSentenceBeginsWithAClause() {
        let found = parts(
            "In the long summer of that year, when the river had all but dried and the hills were brown, we walked to the well.",
            "It lay a mile beyond the last house of the village, where nobody had built since the war, and it was never dry.")
        #expect(
            found.map(\.text) == [
                "In the long summer of that year,",
                "when the river had all but dried and the hills were brown, we walked to the well.",
                "It lay a mile beyond the last house of the village, where nobody had built since the war, and it was never dry.",
            ])
        #expect(found.map(\.pause) == [0.15, 0.35, 0.35] && found.allSatisfy { $0.rate == 1.5 })
    }

    /// Without a mark it is cut where a speaker breathes, and the voice stays up.
    @Test func longSentencesWithoutAMarkAreCutBeforeAPhrase() {
        let found = parts(
            "It was the best of times and it was the worst of times in the town that lay behind the hills that nobody had seen.")
        #expect(
            found.map(\.text) == [
                "It was the best of times and it was the worst of times,",
                "in the town that lay behind the hills that nobody had seen.",
            ])
        #expect(found.map(\.pause) == [0, 0.35])
    }

    @Test(arguments: [
        "The meeting is at half past nine on Monday.",
        "Nobody in the whole of the town had ever heard of a train that came before noon.",
        String(repeating: "漢字", count: 80), String(repeating: "1,000", count: 30), String(repeating: "3:15 ", count: 30), "", "🎉",
        "Nobody in the whole of the town had ever heard of a train that came, sir.",
        "Last year it sold one million two hundred thirty-four thousand five hundred sixty-seven copies and sixty-four thousand others.",
        "Your monthly ticket will be twenty-five dollars and twenty cents or three to four dollars at most by the week.",
        "Rund um den alten Hafen standen damals schon mehr als zweitausend neue Wohnungen und siebzig kleine Geschäfte.",
    ])
    func whatIsShortOrHasNoPlaceToCutIsSaidAtOnce(text: String) {
        #expect(parts(text).map(\.text) == [text])
    }

    /// An address stays whole; the sentence is cut behind it.
    @Test func addressesAreNotCut() {
        let found = parts(
            "Questions about your invoice should go to billing at example dot com where somebody will answer you on the same day.")
        #expect(found.map(\.text).first == "Questions about your invoice should go to billing at example dot com,")
    }

    /// What was said before buys time: a short first sentence little, a long one enough for any.
    @Test func whatWasSaidLetsTheNextBeLonger() {
        let next =
            "We have been waiting for you all since the early morning, and we are glad that you found the way at last, my friends."
        #expect(parts("Yes.", next).count == 3)
        #expect(parts("Ladies and gentlemen of the committee.", next).count == 2)
    }

    @Test(arguments: [
        String(repeating: "word in ", count: 60), String(repeating: "ab, ", count: 75),
        String(repeating: "one, two three and four ", count: 12), String(repeating: "مرحبا، ", count: 60),
        String(repeating: "e\u{301}; ", count: 200), String(repeating: "漢字、", count: 60),
    ])
    func piecesGrowAndNothingIsLost(text: String) {
        let found = parts(text, text)
        var said = 0
        for part in found.dropLast() {
            #expect(part.text.count <= (60 + 2 * said) * 3 / 2 && !part.text.isEmpty)
            said += part.text.count
        }
        let letters: (String) -> String = { $0.filter(\.isLetter) }
        #expect(letters(found.map(\.text).joined()) == letters(text + text))
        #expect(found.count >= 3 && found[0].text.count <= 61)
    }
}
