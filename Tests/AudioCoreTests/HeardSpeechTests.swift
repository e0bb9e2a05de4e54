import AudioCore
import Jobs
import Primitives
import TestSupport
import Testing

/// What a person may ask of a transcript really makes a difference.
@Suite(.computing, .enabled(if: InstalledModels.areWanted, "deploy/models install puts the models here")) struct HeardSpeechTests {
    private static func espeak(
        _ text: String, _ options: [String], _ fixture: MediaFixture, _ name: String
    ) async throws -> String {
        try await MediaFixture.command("espeak-ng", options + ["-w", fixture.path(name), text])
        return fixture.path(name)
    }

    /// The studio's own voice.
    private static func say(_ text: String, _ fixture: MediaFixture, _ name: String) async throws -> String {
        let (files, _) = try await fixture.run("audio.speak", ["text": .string(text), "format": "wav"], on: [])
        return try fixture.write(name, try fixture.read(try #require(files.first)))
    }

    @Test(arguments: [("transcribe", "guten morgen", "good morning"), ("translate", "good morning", "guten")])
    func germanIsWrittenInEnglishWhereThatIsAsked(_ task: String, _ wanted: String, _ unwanted: String) async throws {
        let fixture = try MediaFixture()
        let german = try await Self.espeak(
            "Guten Morgen. Ich möchte heute mit dem Zug nach Berlin fahren.", ["-v", "de", "-s", "140"], fixture, "german.wav")
        let (_, measurements) = try await fixture.run("audio.transcribe", ["task": .string(task), "language": "de"], on: [german])
        let text = measurements["text"]?.stringValue?.lowercased() ?? ""
        #expect(text.contains(wanted) && !text.contains(unwanted), "\(text)")
    }

    @Test func thePromptTellsHowNamesAreSpelt() async throws {
        let fixture = try MediaFixture()
        let names = try await Self.say("My friends Kathryn Smyth and Jon Clarke bring the report on Monday.", fixture, "names.wav")
        func text(_ prompt: String) async throws -> String {
            let (_, measurements) = try await fixture.run(
                "audio.transcribe", ["language": "en", "prompt": .string(prompt)], on: [names])
            return measurements["text"]?.stringValue ?? ""
        }
        let (without, with) = (try await text(""), try await text("Kathryn Smyth, Jon Clarke."))
        #expect(with.contains("Kathryn Smyth") && with.contains("Jon Clarke"), "\(with)")
        #expect(!without.contains("Kathryn Smyth"), "\(without)")
    }

    @Test func twoVoicesInTurnAreTwoSpeakers() async throws {
        let fixture = try MediaFixture()
        let voice = ["-v", "en-gb+f3", "-p", "80"]
        _ = try await Self.say("The first item is the budget. We have spent about half of it.", fixture, "1.wav")
        _ = try await Self.espeak("I am glad to hear that. Let us talk about the summer plan now.", voice, fixture, "2.wav")
        _ = try await Self.say("The plan is nearly ready. I will send it around this week.", fixture, "3.wav")
        _ = try await Self.espeak("Very good. Then we can close the meeting and have some tea.", voice, fixture, "4.wav")
        let parts = (0..<4).map { "[\($0)]aresample=16000,apad=pad_dur=0.5[p\($0)];" }.joined()
        let talk = try await fixture.make(
            "talk.wav", "-i 1.wav -i 2.wav -i 3.wav -i 4.wav -filter_complex \(parts)[p0][p1][p2][p3]concat=n=4:v=0:a=1")
        let (files, measurements) = try await fixture.run(
            "audio.transcribe", ["language": "en", "speakers": true, "formats": "document"], on: [talk])
        #expect(measurements["speakers"] == 2, "\(measurements)")
        let segments = try JSONValue(parsing: try fixture.read(files[0]))["segments"]?.arrayValue ?? []
        var turns: [String] = []
        for speaker in segments.compactMap({ $0["speaker"]?.stringValue }) where speaker != turns.last { turns.append(speaker) }
        #expect(turns == ["Speaker 1", "Speaker 2", "Speaker 1", "Speaker 2"], "\(segments)")
    }
}
