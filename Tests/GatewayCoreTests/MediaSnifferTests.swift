import GatewayCore
import Primitives
import Testing

struct MediaSnifferTests {
    private static func text(_ text: String) -> Bytes { Bytes(text.utf8) }

    @Test(arguments: [
        (text("RIFF\u{1}\u{2}\u{3}\u{4}WAVEfmt "), "audio/wav"),
        (text("RIFF\u{1}\u{2}\u{3}\u{4}AVI LIST"), "application/octet-stream"),
        (text("fLaC"), "audio/flac"), (text("ID3\u{4}"), "audio/mpeg"), ([0xFF, 0xFB, 0x90, 0x64], "audio/mpeg"),
        ([0xFF, 0xF1, 0x50, 0x80], "audio/aac"), (text("\u{0}\u{0}\u{0} ftypM4A "), "audio/mp4"),
        (text("\u{0}\u{0}\u{0} ftypisom"), "video/mp4"),
        (text("<html><script>"), "application/octet-stream"), (text("<svg xmlns="), "application/octet-stream"),
        ([], "application/octet-stream"),
        ([0xFF], "application/octet-stream"), (text("#EXTM3U"), "application/octet-stream"),
    ])
    func theBytesTell(_ start: Bytes, _ type: String) {
        #expect(MediaSniffer.mediaType(of: start) == type)
    }
}
