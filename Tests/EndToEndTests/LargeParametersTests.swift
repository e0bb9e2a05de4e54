import FoundationEssentials
import HTTP
import Primitives
import TestSupport
import Testing

/// Parameters of the size that the published schemas allow, through nginx.
@Suite struct LargeParametersTests {
    /// Two hours of speech at 150 words a minute, as `audio.transcribe` writes it down.
    private static func transcript() -> JSONValue {
        let segments = (0..<1200).map { index -> JSONValue in
            let start = 6 * Double(index)
            let words = (0..<15).map { word -> JSONValue in
                [
                    "text": .string(word == 7 ? "um" : "word\(word)"), "leading_space": true,
                    "start_seconds": .number(start + 0.4 * Double(word)), "end_seconds": .number(start + 0.4 * Double(word) + 0.3),
                    "probability": 0.9,
                ]
            }
            let text = (0..<15).map { $0 == 7 ? "um" : "word\($0)" }.joined(separator: " ")
            return [
                "start_seconds": .number(start), "end_seconds": .number(start + 6), "text": .string(text), "words": .array(words),
            ]
        }
        return ["language": "en", "duration_seconds": 7200, "segments": .array(segments)]
    }

    @Test func aTranscriptOfTwoHoursIsTaken() async throws {
        let transcript = Self.transcript()
        let size = transcript.serialized().count
        #expect(size > 1_500_000, "\(size)")
        let studio = try await TestStudio.start()
        let file = try await studio.upload(try await Recording.speech(), name: "talk.wav")
        let chapters = try await studio.json(
            .post, "/audio/chapters", ["parameters": ["transcript": transcript]], headers: ["Prefer": "wait=60"])
        #expect(chapters.status == 200 && chapters.document["state"] == "succeeded", "\(chapters.document["code"] ?? .null)")
        #expect(chapters.document["result"]?["measurements"]?["duration_seconds"] == 7200)
        let cut: JSONValue = [
            "input": .string(file), "parameters": ["transcript": transcript, "fillers": true, "silences": false, "preview": true],
        ]
        let answer = try await studio.json(.post, "/audio/cut", cut, headers: ["Prefer": "wait=60"])
        #expect(answer.status == 200 && answer.document["state"] == "succeeded", "\(answer.document["code"] ?? .null)")
        #expect((answer.document["result"]?["measurements"]?["cuts"]?["filler"]?["count"]?.doubleValue ?? 0) > 0)

        let folder = try TemporaryFolder("large-parameters")
        defer { folder.remove() }
        try Data(transcript.serialized()).write(to: URL(filePath: folder.appending("transcript.json")))
        try Data(try await Recording.speech()).write(to: URL(filePath: folder.appending("talk.wav")))
        for words in [
            ["audio", "chapters", "--transcript", "@transcript.json"],
            ["audio", "cut", "talk.wav", "--transcript", "@transcript.json", "--fillers", "true", "--silences", "false"],
        ] {
            let run = try await studio.avstudio(words + ["--json"], in: folder.path)
            #expect(run.status == 0, "\(words): \(run.errors)")
        }

        // Past the limit: refused, by nginx and by the service alike.
        let long = JSONValue.object(["parameters": ["transcript": .string(String(repeating: "x", count: 9 << 20))]])
        #expect(try await studio.json(.post, "/audio/chapters", long).status == 413)
        #expect(try await studio.json(.post, "/keys", ["name": .string(String(repeating: "x", count: 2 << 20))]).status == 413)
        try await studio.stop()
    }
}
