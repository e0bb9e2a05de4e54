import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore

/// Files that are not what their names say: each operation tells it by a code, opens nothing that they name, and leaves nothing.
@Suite(.computing) struct DisguisedFileTests {
    enum Disguise: String, CaseIterable, Sendable {
        case text, empty, zeros, hlsPlaylist, dashManifest, concatScript, sessionDescription, subtitles, pixelBomb, brokenMatroska
    }

    /// - Parameter secret: the path of a film that nobody may reach through another file.
    private func bytes(_ disguise: Disguise, secret: String) -> Bytes {
        switch disguise {
        case .text: Bytes("This is a letter, not a film.".utf8)
        case .empty: []
        case .zeros: Bytes(repeating: 0, count: 100_000)
        case .hlsPlaylist:
            Bytes("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://\(secret)\n#EXT-X-ENDLIST\n".utf8)
        case .dashManifest:
            Bytes(
                """
                <?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT8S">
                <Period><AdaptationSet><Representation id="1" mimeType="video/mp4"><BaseURL>file://\(secret)</BaseURL>
                </Representation></AdaptationSet></Period></MPD>
                """.utf8)
        case .concatScript: Bytes("ffconcat version 1.0\nfile '\(secret)'\n".utf8)
        case .sessionDescription:
            Bytes("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n".utf8)
        case .subtitles: Bytes("1\n00:00:00,100 --> 00:00:00,800\nHi\n".utf8)
        case .pixelBomb:
            // A PNG that says it is 30000 by 30000 pixels.
            [
                0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0x75, 0x30, 0, 0, 0x75,
                0x30, 8, 6, 0, 0, 0, 0, 0, 0, 0,
            ]
        case .brokenMatroska: [0x1A, 0x45, 0xDF, 0xA3] + Bytes(repeating: 0xFF, count: 5000)
        }
    }

    /// What may be said of it.
    private static let codes: Set = [
        "not-media", "no-video", "no-audio", "video-empty", "media-empty", "media-corrupt", "media-truncated", "media-unsupported",
        "media-limit-exceeded", "playlist-refused", "no-pictures",
    ]

    @Test(arguments: Disguise.allCases) func everyOperationTellsIt(_ disguise: Disguise) async throws {
        let fixture = try VideoFixture()
        let secret = try await fixture.scenes("secret.mp4")
        let film = try fixture.write(bytes(disguise, secret: secret), "film.mp4")
        let fast: JSONValue = ["speed": "ultrafast"]
        let captions = try fixture.write(Bytes("1\n00:00:00,100 --> 00:00:00,800\nHi\n".utf8), "c.srt")
        let canvas: JSONValue = ["width": 64, "height": 32, "frame_rate": 25]
        func timeline(_ item: JSONValue, _ more: [String: JSONValue] = [:]) -> JSONValue {
            ["timeline": .object(["canvas": canvas, "video": [item]].merging(more) { $1 })]
        }
        let card: JSONValue = ["color": "#000000", "duration_s": 1]
        let alone: [(String, JSONValue, [String])] = [
            ("video.probe", [:], []), ("video.scenes", [:], []), ("video.frames", [:], []), ("video.sheet", [:], []),
            ("video.poster", [:], []), ("video.thumbnail", [:], []), ("video.transcode", fast, []), ("video.variants", fast, []),
            ("video.concat", [:], []), ("video.concat", ["road": "encode"], []), ("video.checks", [:], []),
            ("video.split", ["at": "times", "times": "0.5"], []), ("video.audio", [:], []),
            ("video.audio", ["action": "replace"], [secret]), ("video.captions", fast, [captions]),
            ("video.captions", ["mode": "soft"], [captions]),
        ]
        let made = fixture.path("made")
        func fails(_ operation: String, _ parameters: JSONValue, on inputs: [String]) async throws -> String? {
            let told = await fixture.fails(operation, parameters, on: inputs, folder: made)
            #expect(try FileManager.default.contentsOfDirectory(atPath: made) == [], "\(disguise) \(operation) \(parameters)")
            return told
        }
        for (operation, parameters, more) in alone {
            // A picture by its header is looked into, but a film it is not.
            let told = try await fails(operation, parameters, on: [film] + more)
            #expect(told.map(Self.codes.contains) == true, "\(disguise) \(operation) \(parameters): \(told ?? "it was taken")")
        }
        // Where it comes second: in place of sound, or as a part of a timeline.
        let sound = try await fails("video.audio", ["action": "replace"], on: [secret, film])
        #expect(sound.map(Self.codes.contains) == true, "\(disguise): \(sound ?? "it was taken")")
        let track: JSONValue = [["clips": [["file": "film.mp4"]]]]
        for parameters in [
            timeline(["clip": "film.mp4"]), timeline(["still": "film.mp4", "duration_s": 1]), timeline(card, ["audio": track]),
        ] {
            let told = try await fails("video.assemble", parameters, on: [film])
            #expect(told == "invalid-timeline" || told.map(Self.codes.contains) == true, "\(disguise): \(told ?? "it was taken")")
        }
    }
}
