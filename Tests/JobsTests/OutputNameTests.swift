import Jobs
import TestSupport
import Testing

@Suite(.computing) struct OutputNameTests {
    @Test(arguments: [
        ("talk.wav", "talk-normalized.m4a"), ("../../etc/passwd", "passwd-normalized.m4a"),
        ("C:\\music\\a.b.flac", "a.b-normalized.m4a"),
        ("say \"hi\"\n.wav", "say _hi_-normalized.m4a"), ("", "output-normalized.m4a"), ("...", "output-normalized.m4a"),
        ("-rf.mp3", "rf-normalized.m4a"), ("über März.ogg", "über März-normalized.m4a"), ("a\u{202E}b.wav", "ab-normalized.m4a"),
        ("no extension", "no extension-normalized.m4a"), ("v1.2 final", "v1.2 final-normalized.m4a"),
        (".hidden", "hidden-normalized.m4a"),
        ("a/", "a-normalized.m4a"),
    ])
    func isSafe(original: String, expected: String) {
        #expect(OutputName.derived(from: original, suffix: "normalized", fileExtension: "m4a") == expected)
    }

    @Test func longNamesAreCutBetweenCharacters() {
        let name = OutputName.derived(from: String(repeating: "é🎵", count: 200) + ".wav", suffix: nil, fileExtension: "opus")
        #expect(name.utf8.count <= 125 && name.hasPrefix("é🎵") && name.hasSuffix(".opus"))
    }
}
