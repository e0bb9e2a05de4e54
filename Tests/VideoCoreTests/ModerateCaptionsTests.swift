import Contracts
import Foundation
import Primitives
import TestSupport
import Testing

@testable import VideoCore

/// Captions that `video.moderate` gets from strangers, and what of them is asked together.
@Suite(.computing) struct ModerateCaptionsTests {
    private func with(_ body: (ModerateOperationTests.Place) async throws -> Void) async throws {
        try await ModelFixture.with { try await body(ModerateOperationTests.Place($0)) }
    }

    private func srt(_ captions: [(times: String, text: String)]) -> Bytes {
        Bytes(captions.map { "\($0.times)\n\($0.text)\n\n" }.joined().utf8)
    }

    @Test func whatIsTooMuchIsRefusedBeforeAnythingIsPaid() async throws {
        try await with { place in
            let time = "00:00:01,000 --> 00:00:02,000"
            let many = srt(Array(repeating: (time, "Hello"), count: 20_001))
            let large = srt(Array(repeating: (time, String(repeating: "Hello ", count: 5000)), count: 140))
            let long = srt([(time, "Hello"), ("00:00:03,500 --> 00:00:04,000", String(repeating: "x", count: 33_000))])
            #expect(many.count < 4_000_000 && large.count > 4_000_000)
            for (bytes, told) in [
                (large, "the captions are more than 4 MB"), (many, "there are more than 20000 captions"),
                (long, "the caption at 3.5 s has more than 32 KiB"),
            ] {
                let file = try await place.store(bytes, "c\(bytes.count).srt")
                #expect(await place.failure([file], ["frames": "none"]) == "invalid-captions: " + told)
            }
            #expect(place.models.provider.seen.isEmpty)
        }
    }

    /// A film in which nobody speaks is rated by its frames; without frames there is nothing to rate.
    @Test func silenceIsNoCaptions() async throws {
        try await with { place in
            let (film, blank) = (try await place.film(), try await place.store(Bytes("WEBVTT\n".utf8), "c.vtt"))
            let silent: JSONValue = ["duration_seconds": 8, "segments": []]
            for (inputs, parameters) in [([film], ["transcript": silent]), ([film, blank], [:])] as [([_], [String: JSONValue])] {
                place.models.provider.script(place.rate((0.1, 0), (0.1, 0)), place.rate((0.1, 0), (0.1, 0)))
                let measured = try await place.moderate(inputs, parameters).measurements
                #expect(measured["verdict"] == "pass" && measured["frames"] == 4 && measured["captions"] == 0, "\(measured)")
            }
            let none = "invalid-captions: the captions hold no text"
            #expect(await place.failure([film], ["frames": "none", "transcript": silent]) == none)
            #expect(await place.failure([blank], ["frames": "none"]) == none)
        }
    }

    /// No caption is left unrated because it lasts no time, and one that lasts says how long all of them do.
    @Test func captionsOfNoTimeAndLongOnesCount() async throws {
        try await with { place in
            place.models.provider.script(place.rate((0, 0.1), (0, 0.9)), place.rate((0, 0.1)))
            let captions = srt([
                ("00:00:00,000 --> 00:00:10,000", "A long one"), ("00:00:01,000 --> 00:00:01,000", "You are a fool"),
                ("00:00:03,000 --> 00:00:04,000", "A short one"),
            ])
            let measured = try await place.moderate([place.store(captions, "c.srt")], ["frames": "none"]).measurements
            #expect(measured["captions"] == 3 && measured["rated"] == 3 && measured["verdict"] == "fail", "\(measured)")
            #expect(measured["duration_seconds"]?.doubleValue == 10, "\(measured)")
            let finding = measured["findings"]?[0]
            #expect(finding?["start_seconds"]?.doubleValue == 1 && finding?["end_seconds"]?.doubleValue == 1, "\(measured)")
        }
    }

    /// Large pictures are asked about a few at a time, whatever is wished for; each is asked about once.
    @Test func aRoundHoldsFewBytes() throws {
        let folder = try TemporaryFolder("rounds")
        defer { folder.remove() }
        let paths = try (0..<9).map { index in
            let path = folder.appending("\(index).jpg")
            // The fifth alone is more than a round may hold.
            try Data(count: index == 4 ? 9 << 20 : 3 << 20).write(to: URL(filePath: path))
            return path
        }
        let frames = ModerationItem.frames(paths, times: (0..<9).map(Double.init), duration: 9)
        let texts = (0..<5).map { ModerationItem(content: .text("Hello \($0)"), time: Double($0), span: 0..<1) }
        func sizes(_ items: [ModerationItem], _ itemsPerCall: Int, _ callsAtOnce: Int) -> [[Int]] {
            let rounds = ModerationRounds(items, itemsPerCall: itemsPerCall, callsAtOnce: callsAtOnce).rounds
            #expect(rounds.joined().joined().map(\.time) == items.map(\.time))
            return rounds.map { $0.map(\.count) }
        }
        #expect(sizes(frames, 16, 16) == [[2], [2], [1], [2], [2]])
        #expect(sizes(frames, 1, 16) == [[1, 1], [1, 1], [1], [1, 1], [1, 1]])
        #expect(sizes(texts, 2, 2) == [[2, 2], [1]])
        #expect(sizes(frames + texts, 4, 2) == [[2], [2], [1], [2], [2, 4], [1]], "texts are asked about apart from pictures")
    }
}
