import GatewayCore
import Testing

struct FileNameTests {
    @Test(arguments: [
        "a.wav", "it's a \"talk\".wav", "über – naïve 日本語.flac", "a;b,c=d.mp3", " spaced .ogg", "...", ".hidden", "%41.wav",
        String(repeating: "x", count: 255), "🎧",
    ])
    func goodNamesStayAsGiven(_ name: String) throws {
        #expect(try FileName.checked(name) == name)
    }

    @Test(arguments: [
        "", ".", "..", "a/b", "/", "a\\b", "line\nbreak", "tab\t", "nul\u{0}", "del\u{7F}", "c1\u{85}", "\u{FFFD}.wav",
        String(repeating: "x", count: 256), String(repeating: "ü", count: 128),
    ])
    func badNamesAreRefused(_ name: String) {
        #expect(throws: GatewayError.self) { try FileName.checked(name) }
    }
}
