import AudioCore
import Contracts
import Jobs
import Primitives
import TestSupport
import Testing

@Suite(.computing) struct ChaptersOperationTests {
    /// Two topics, a minute and a half each.
    private static var transcript: JSONValue {
        let topics = [
            [
                "The garden needs water in summer.", "Roses and tulips grow in the garden soil.", "Water the roses in the evening.",
                "Tulips want sandy soil and little water.",
            ],
            [
                "The rocket engine burns fuel.", "A rocket reaches orbit in minutes.", "Fuel tanks drop from the rocket.",
                "The engine lifts the satellite to orbit.",
            ],
        ]
        var segments: [JSONValue] = []
        for topic in topics {
            for index in 0..<18 {
                let start = Double(segments.count * 5)
                segments.append([
                    "start_seconds": .number(start), "end_seconds": .number(start + 5), "text": .string(topic[index % topic.count]),
                ])
            }
        }
        return ["duration_seconds": 180, "language": "en", "segments": .array(segments)]
    }

    @Test func chaptersFromATranscriptAlone() async throws {
        let fixture = try MediaFixture()
        let (files, measurements) = try await fixture.run(
            "audio.chapters", ["transcript": Self.transcript, "minimum_duration_s": 30], on: [], models: "/nonexistent")
        let chapters = try #require(measurements["chapters"]?.arrayValue)
        #expect(chapters.count == 2 && files.count == 4)
        #expect(abs(try #require(chapters[1].number("start_seconds")) - 90) <= 10)
        let podcast = try JSONValue(parsing: fixture.read(files[1]))
        #expect(podcast["version"] == "1.2.0")
        #expect(podcast["chapters"]?[0]?.number("startTime") == 0)
        #expect(podcast["chapters"]?[1]?.number("startTime") == chapters[1].number("start_seconds"))
        let vtt = String(decoding: try fixture.read(files[2]), as: UTF8.self)
        #expect(vtt.hasPrefix("WEBVTT\n\n1\n00:00:00.000 --> 00:01:"))
        #expect(vtt.contains(" --> 00:03:00.000\n"))
    }

    /// FFmpeg reads the metadata text, and the chapters in a file.
    @Test(arguments: ["aac", "mp3", "flac"]) func chaptersInFiles(format: String) async throws {
        let fixture = try MediaFixture()
        let tone = try await fixture.make("tone.wav", "-f lavfi -i sine=r=16000:d=180 -c:a pcm_s16le")
        let parameters: JSONValue = [
            "transcript": Self.transcript, "minimum_duration_s": 30, "formats": "ffmetadata", "write_audio": true,
            "format": .string(format),
        ]
        let (files, measurements) = try await fixture.run("audio.chapters", parameters, on: [tone], models: "/nonexistent")
        let titles = measurements["chapters"]?.arrayValue?.compactMap { $0["title"] } ?? []
        let joined = try await fixture.make("joined.mka", "-i tone.wav -i \(files[0]) -map_metadata 1 -map_chapters 1 -c:a flac")
        for path in [files[1], joined] where format != "flac" || path == joined {
            let found = try #require(try await fixture.ffprobe(path)["chapters"]?.arrayValue)
            #expect(found.compactMap { $0["tags"]?["title"] } == titles && titles.count == 2)
        }
    }

    @Test(.enabled(if: InstalledModels.areWanted)) func recordingsAreTranscribed() async throws {
        let fixture = try MediaFixture()
        let talk = try await fixture.talk()
        let (_, measurements) = try await fixture.run("audio.chapters", ["language": "en"], on: [talk])
        #expect(measurements["chapters"]?.arrayValue?.count == 1)
        let silence = try await fixture.make("silence.wav", "-f lavfi -i anullsrc -t 2")
        let (files, nothing) = try await fixture.run("audio.chapters", ["language": "en"], on: [silence])
        #expect(nothing["chapters"] == [] && files.count == 4)
    }

    @Test func titlesAreEscaped() async throws {
        let fixture = try MediaFixture()
        let text = "R&D <b>costs</b> = 50; #1 \\ more"
        let segment: JSONValue = ["start_seconds": 0, "end_seconds": 5, "text": .string(text)]
        let (files, _) = try await fixture.run(
            "audio.chapters", ["transcript": ["duration_seconds": 5, "segments": [segment]]], on: [], models: "/nonexistent")
        #expect(files.count == 4)
        for line in String(decoding: try fixture.read(files[2]), as: UTF8.self).split(separator: "\n").dropFirst(3) {
            #expect(!line.contains("<"))
        }
    }

    @Test(
        arguments: [
            ([:], "model-missing"), (["transcript": ["segments": []]], "invalid-transcript"),
            (["transcript": ["duration_seconds": 1], "formats": "pdf"], "output-not-possible"),
        ] as [(JSONValue, String)])
    func whatCanNotBeDoneIsRefusedAtOnce(parameters: JSONValue, code: String) throws {
        let operation = try #require(AudioOperations.catalogue["audio.chapters"])
        let error = #expect(throws: JobProblem.self) {
            try operation.check(try operation.canonicalParameters(parameters), resources: ["models": "/nonexistent"])
        }
        #expect(error?.code == code)
    }

    @Test func somethingHasToBeGiven() async throws {
        let fixture = try MediaFixture()
        await #expect(throws: AudioError.self) { try await fixture.run("audio.chapters", [:], on: [], models: "/nonexistent") }
        await #expect(throws: AudioError.self) {
            try await fixture.run(
                "audio.chapters", ["transcript": ["duration_seconds": 1], "write_audio": true], on: [], models: "/nonexistent")
        }
    }
}
