import FoundationEssentials
import Primitives
import TestSupport
import Testing

/// OpenAI's own SDK as the client of the audio routes, with the real models behind them.
@Suite struct OpenAIClientTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let python = root + "/var/test-venv/bin/python"
    private static var isWanted: Bool { ClientPrograms.areWanted(python, root + "/var/models/registry.json") }

    @Test(.enabled(if: isWanted, "deploy/test installs the SDK and the models")) func speaksAndTranscribes() async throws {
        let studio = try await TestStudio.start()
        let folder = try TemporaryFolder("openai-client")
        defer { folder.remove() }
        let run = try await CommandRun.run(
            Self.python,
            [
                Self.root + "/Tests/Clients/openai_audio.py", studio.url + "/v1", studio.ownerKey, folder.path,
                studio.folder + "/audio/scratch",
            ])
        try #require(run.status == 0, "\(run.errors)")
        let found = try JSONValue(parsing: Bytes(run.output.utf8))
        let sentence = "The quick brown fox jumps over the lazy dog. Then it sleeps under a tree."
        for key in ["json", "translation"] { #expect(wordErrors(said: sentence, heard: found[key]?.stringValue) <= 1) }
        #expect(found["text"]?.stringValue?.contains("quick brown fox") == true)
        let verbose = try #require(found["verbose"])
        #expect(wordErrors(said: sentence, heard: verbose["text"]?.stringValue) <= 1)
        #expect(verbose["language"] == "english")
        let count = verbose["words"]?.arrayValue?.count ?? 0
        #expect((14...16).contains(count))
        let starts = verbose["starts"]?.arrayValue?.compactMap(\.doubleValue) ?? []
        #expect(starts.count == count && starts == starts.sorted())
        let events = try #require(found["events"])
        let kinds = events["kinds"]?.arrayValue ?? []
        #expect(kinds.count > 1 && kinds.last == "transcript.text.done")
        #expect(kinds.dropLast().allSatisfy { $0 == "transcript.text.delta" })
        #expect(events["deltas"] == events["done"])
        #expect(wordErrors(said: sentence, heard: events["done"]?.stringValue) <= 1)
        #expect(events["cached"] == ["transcript.text.delta", "transcript.text.done"])
        #expect(events["failure"]?.stringValue?.isEmpty == false)
        #expect(found["srt"]?.stringValue?.hasPrefix("1\n00:00:0") == true)
        #expect(found["vtt"]?.stringValue?.hasPrefix("WEBVTT") == true)
        for (format, size) in found["sizes"]?.objectValue ?? [:] { #expect(size.doubleValue ?? 0 > 2000, "\(format)") }
        let stream = try #require(found["stream"])
        #expect(stream["running"] == 1, "the first bytes came when everything had been said")
        #expect(stream["left"] == 0, "it went on speaking to nobody")
        #expect(stream["first"]?.doubleValue ?? 0 > 1000)
        let statuses = found["failures"]?.objectValue?.mapValues { $0.stringValue?.prefix(3).description } ?? [:]
        #expect(
            statuses == [
                "not audio": "400", "unknown model": "409", "no text": "400", "unknown format": "400", "unknown voice": "409",
                "no voice": "400", "unknown stream": "400",
            ], "\(found)")
        #expect(found["translated"]?["language"] == "english" && found["translated"]?["text"]?.stringValue?.isEmpty == false)
        let told = try #require(found["speech_events"])
        #expect(told["type"] == "text/event-stream" && told["last"] == "speech.audio.done", "\(told)")
        #expect(told["kinds"] == ["speech.audio.delta", "speech.audio.done"])
        #expect(told["bytes"] == found["sizes"]?["pcm"], "\(told)")
        try await studio.stop()
    }
}
