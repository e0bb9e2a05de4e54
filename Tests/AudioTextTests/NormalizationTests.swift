import AudioText
import TestSupport
import Testing

@Suite(.computing) struct NormalizationTests {
    private static let english = SpeechNormalizer()

    @Test(arguments: NormalizationCases.numbers + NormalizationCases.money + NormalizationCases.units)
    func quantities(written: String, spoken: String) {
        #expect(Self.english.spoken(written) == spoken)
    }

    @Test(arguments: NormalizationCases.dates + NormalizationCases.times + NormalizationCases.phones)
    func momentsAndNumbersOfPeople(written: String, spoken: String) {
        #expect(Self.english.spoken(written) == spoken)
    }

    @Test(arguments: NormalizationCases.abbreviations + NormalizationCases.romans + NormalizationCases.acronyms)
    func shortForms(written: String, spoken: String) {
        #expect(Self.english.spoken(written) == spoken)
    }

    @Test(arguments: NormalizationCases.addresses + NormalizationCases.symbols + NormalizationCases.plain)
    func addressesAndSymbols(written: String, spoken: String) {
        #expect(Self.english.spoken(written) == spoken)
    }

    @Test func options() {
        #expect(SpeechNormalizer(emoji: .named).spoken("Great 🎉 job 👍🏽!") == "Great party popper job thumbs up sign!")
        #expect(SpeechNormalizer(emoji: .named).spoken("🇫🇷") == "flag")
        #expect(SpeechNormalizer(dateOrder: .dayFirst).spoken("3/4/2026") == "April third, twenty twenty-six")
        #expect(SpeechNormalizer(language: "de").spoken("Am 3. Mai 😀 um 5 Uhr") == "Am 3. Mai um 5 Uhr")
    }

    @Test(arguments: ["", "   ", "🎉🎉", "***", "\u{0}\u{0}", "\u{FEFF}"])
    func nothingToSay(text: String) {
        #expect(Self.english.spoken(text).isEmpty)
    }

    @Test(arguments: [
        "...", "-", "--", "$", "5-", "-5-", "1/0", "0/0", "99999999999999999999999999999999999999999999", "1,,2", "1.2.3.4.5.6.7",
        "@", "a@",
        "@b.com", "https://", "://", "(", "((((", "+", "+1", "25:61", "°", "No.", "Dr.", "St.", "e.g.", "'", "''s", "½½½", "٣٤٥",
        "²",
        "5°°°", "http://http://a.b", "....5", "2026-13-45", "0/0/0", "00/00/0000", "1e400", "\u{202E}abc",
        "👨‍👩‍👧‍👦2", "x", "xx x x",

        "A.B.C.D.E.F.G.H.I.J.K", "$$$5", "5$$$", "-$-5", "'00s", "0000s", "IIII",
        "MMMMMMMMMM",
    ])
    func nonsenseIsSaidSomehow(text: String) {
        #expect(Self.english.spoken(text).utf8.count < 2000)
        #expect(!Self.english.spoken(text).contains("  "))
    }

    @Test func spokenTextStaysAsItIs() {
        for (_, spoken) in NormalizationCases.numbers + NormalizationCases.money + NormalizationCases.dates {
            #expect(Self.english.spoken(spoken) == spoken)
        }
    }
}
