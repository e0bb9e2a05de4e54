import AudioAPI
import AudioCore
import Contracts
import FoundationEssentials
import Jobs
import Primitives
import TestSupport
import Testing

/// Sound that begins after the picture: times count from the beginning of the file, as players count them.
@Suite(.computing, .enabled(if: InstalledModels.areWanted, "deploy/models install puts the models here")) struct StreamStartTests {
    private static let delay = 0.5

    /// A film whose sound is the speech, later or not.
    private static func film(_ name: String, delayed: Bool, _ fixture: MediaFixture) async throws -> String {
        if !FileManager.default.fileExists(atPath: fixture.path("speech.wav")) {
            try await MediaFixture.command(
                "espeak-ng",
                ["-s", "150", "-w", fixture.path("speech.wav"), "The ship leaves at seven. Um, it comes back on Sunday evening."])
        }
        return try await fixture.make(
            name,
            "-f lavfi -i testsrc=s=64x48:r=25:d=8 \(delayed ? "-itsoffset \(delay)" : "") -i speech.wav -map 0:v -map 1:a "
                + "-c:v libx264 -c:a aac")
    }

    private static func wordStarts(_ path: String, _ fixture: MediaFixture) async throws -> [Double] {
        let (files, _) = try await fixture.run(
            "audio.transcribe", ["language": "en", "beams": 1, "formats": "document"], on: [path])
        let document = try Transcript(document: JSONValue(parsing: fixture.read(try #require(files.first))))
        #expect(document.words.allSatisfy { $0.end <= document.duration + 0.1 })
        return document.words.map(\.start)
    }

    @Test(arguments: ["mp4", "ts", "mkv"]) func wordsAreWhereTheyAreHeard(_ container: String) async throws {
        let fixture = try MediaFixture()
        let plain = try await Self.wordStarts(try await Self.film("plain.\(container)", delayed: false, fixture), fixture)
        let late = try await Self.wordStarts(try await Self.film("late.\(container)", delayed: true, fixture), fixture)
        try #require(plain.count == late.count && plain.count > 8)
        for (early, later) in zip(plain, late) { #expect(abs(later - early - Self.delay) < 0.12, "\(plain) \(late)") }
    }

    /// An edit list and ranges count as the transcript does; the result is sound alone and begins with the first sample.
    @Test func rangesCountFromTheBeginningOfTheFile() async throws {
        let fixture = try MediaFixture()
        let late = try await Self.film("late.mp4", delayed: true, fixture)
        let parameters: JSONValue = [
            "silences": false, "crossfade_ms": 0, "format": "wav",
            "ranges": ["remove": [["start_seconds": 0, "end_seconds": .number(Self.delay + 1)]]],
        ]
        let (files, measurements) = try await fixture.run("audio.cut", parameters, on: [late])
        let list = try JSONValue(parsing: try fixture.read(try #require(files.first { $0.hasSuffix("edits.json") })))
        let removed = try #require(list["remove"]?[0])
        // The encoder's delay comes before what was to begin there.
        let start = try #require(removed["start_seconds"]?.doubleValue)
        #expect((Self.delay - 0.06...Self.delay + 0.01).contains(start), "\(removed)")
        #expect(abs(try #require(removed["end_seconds"]?.doubleValue) - (Self.delay + 1)) < 0.01, "\(removed)")
        let length = try #require(measurements.number("duration_seconds"))
        let rest = try #require(measurements.number("result_duration_seconds"))
        #expect(abs(length - rest - (Self.delay + 1 - start)) < 0.01)
    }

    /// Chapters of the film stand where the same is heard in the sound alone.
    @Test func chaptersGoWithTheSound() async throws {
        let fixture = try MediaFixture()
        let chapters = """
            ;FFMETADATA1
            [CHAPTER]
            TIMEBASE=1/1000
            START=0
            END=200
            title=Before
            [CHAPTER]
            TIMEBASE=1/1000
            START=200
            END=2000
            title=One
            [CHAPTER]
            TIMEBASE=1/1000
            START=2000
            END=4000
            title=Two

            """
        _ = try fixture.write("chapters.txt", Bytes(chapters.utf8))
        let late = try await fixture.make(
            "late.mkv",
            "-f lavfi -i testsrc=s=64x48:r=25:d=5 -itsoffset \(Self.delay) -f lavfi -i sine=d=4 -i chapters.txt -map 0:v -map 1:a "
                + "-map_metadata 2 -map_chapters 2 -c:v libx264 -c:a flac")
        let (files, _) = try await fixture.run("audio.convert", ["format": "aac"], on: [late])
        let shown = try await fixture.ffprobe(try #require(files.first))["chapters"]?.arrayValue ?? []
        let starts = shown.compactMap { $0["start_time"]?.stringValue.flatMap(Double.init) }
        #expect(shown.map { $0["tags"]?["title"] } == ["One", "Two"], "\(shown)")
        try #require(starts.count == 2)
        #expect(starts[0] == 0 && abs(starts[1] - (2 - Self.delay)) < 0.01, "\(starts)")
    }

    @Test func segmentsCountFromTheBeginningOfTheFile() async throws {
        let fixture = try MediaFixture()
        for (name, delayed, first) in [("plain.mp4", false, 0), ("late.mp4", true, Self.delay)] {
            let (files, _) = try await fixture.run(
                "audio.segments", ["formats": "json"], on: [try await Self.film(name, delayed: delayed, fixture)])
            let document = try JSONValue(parsing: try fixture.read(try #require(files.first)))
            let start = try #require(document["segments"]?[0]?["start_seconds"]?.doubleValue)
            #expect(abs(start - first) < 0.05, "\(name): \(start)")
        }
    }
}
