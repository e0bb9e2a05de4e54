import Foundation
import Media
import Primitives
import TestSupport
import Testing
import VideoCore

@Suite(.computing) struct AssembleOperationTests {
    /// The canvas of the tests: small, and encoded without loss.
    private static let canvas: JSONValue = ["width": 64, "height": 32, "frame_rate": 25, "background": "#000000"]

    private func timeline(_ members: [String: JSONValue]) -> JSONValue {
        .object(["canvas": Self.canvas].merging(members) { $1 })
    }

    private func assemble(
        _ fixture: VideoFixture, _ timeline: JSONValue, _ more: [String: JSONValue] = [:], on paths: [String] = []
    ) async throws -> (files: [String: Bytes], measurements: JSONValue) {
        try await fixture.run(
            "video.assemble",
            .object(["timeline": timeline, "quality": 0, "speed": "ultrafast"].merging(more) { $1 }), on: paths)
    }

    /// The result's frames as planes of luma and chroma in one row of bytes.
    private func frames(_ bytes: Bytes?, _ fixture: VideoFixture, _ size: Int = 64 * 32 * 3 / 2) async throws -> [[UInt8]] {
        let path = try fixture.write(bytes ?? [], "result-\(UUID().uuidString).mp4")
        let raw = path + ".yuv"
        try await fixture.ffmpeg(["-i", path, "-f", "rawvideo", "-pix_fmt", "yuv420p", raw])
        let data = [UInt8](try Data(contentsOf: URL(filePath: raw)))
        return stride(from: 0, to: data.count, by: size).map { Array(data[$0..<$0 + size]) }
    }

    /// Frames whose luma tells their number: 16 + 4 for each.
    private func counted(_ fixture: VideoFixture, frames: Int = 50, _ more: [String] = []) async throws -> String {
        try await fixture.ffmpeg(
            ["-f", "lavfi", "-i", "color=black:s=64x32:r=25:d=\(Double(frames) / 25),geq=lum='16+4*N':cb=128:cr=128"] + more
                + ["-c:v", "libx264", "-qp", "0", "-g", "10", "-pix_fmt", "yuv420p", fixture.path("counted.mp4")])
        return fixture.path("counted.mp4")
    }

    private let red: JSONValue = ["color": "#ff0000", "duration_s": 1]

    @Test func crossfadesBlendWhileTwoPicturesShow() async throws {
        let fixture = try VideoFixture()
        let blue: JSONValue = ["color": "#0000ff", "duration_s": 1, "transition": ["kind": "crossfade", "duration_s": 0.52]]
        let (files, measured) = try await assemble(fixture, timeline(["video": [red, blue]]))
        // 25 and 25 frames, 13 of them shared.
        #expect(measured["frames"] == 37 && measured["frames_blended"] == 13, "\(measured)")
        let frames = try await frames(files["assembled.mp4"], fixture)
        try #require(frames.count == 37)
        let (first, last) = (frames[0], frames[36])
        #expect(frames[11] == first && frames[25] == last && frames[12] != first && frames[24] != last)
        let middle = zip(frames[18], zip(first, last)).allSatisfy { abs(Int($0) * 2 - Int($1.0) - Int($1.1)) <= 1 }
        #expect(middle, "the middle is the mean of both")
        let luma = (12..<25).map { Int(frames[$0][0]) }
        #expect(luma == luma.sorted(by: >), "\(luma)")
    }

    @Test(arguments: [
        ("wipe-right", 1, 60), ("wipe-left", 60, 1), ("wipe-down", 64 * 2, 64 * 29), ("wipe-up", 64 * 29, 64 * 2),
    ])
    func wipesMoveAnEdge(_ kind: String, _ new: Int, _ old: Int) async throws {
        let fixture = try VideoFixture()
        let blue: JSONValue = ["color": "#0000ff", "duration_s": 1, "transition": ["kind": .string(kind), "duration_s": 0.2]]
        let (files, _) = try await assemble(fixture, timeline(["video": [red, blue]]))
        let frames = try await frames(files["assembled.mp4"], fixture)
        try #require(frames.count == 45)
        let middle = frames[22]
        #expect(middle[new] == frames[44][0] && middle[old] == frames[0][0])
        #expect(frames[19] == frames[0] && frames[25] == frames[44])
    }

    @Test func fadesGoThroughTheBackground() async throws {
        let fixture = try VideoFixture()
        let white: JSONValue = ["color": "#ffffff", "duration_s": 1, "transition": ["kind": "fade", "duration_s": 0.4]]
        let (files, _) = try await assemble(fixture, timeline(["video": [white, white], "end_fade_s": 0.4]))
        let luma = try await frames(files["assembled.mp4"], fixture).map { Int($0[0]) }
        try #require(luma.count == 40)
        #expect(luma[0] < 40 && luma[12] == 235, "it comes in from black: \(luma)")
        #expect(luma[19] < 60 && luma[20] < 60 && luma[27] == 235, "and changes through black: \(luma)")
        #expect(luma[39] < 40 && luma[29] == 235, "and goes out: \(luma)")
    }

    @Test func clipsAreExactToTheFrame() async throws {
        let fixture = try VideoFixture()
        let clips: JSONValue = [
            ["clip": "counted", "in_s": 0.6, "out_s": 1.2], ["clip": "counted.mp4", "in_s": 0, "out_s": 0.2],
            ["clip": "counted.mp4", "in_s": 1.6],
        ]
        let (files, measured) = try await assemble(fixture, timeline(["video": clips]), on: [counted(fixture)])
        let numbers = try await frames(files["assembled.mp4"], fixture).map { (Int($0[0]) - 14) / 4 }
        #expect(numbers == Array(15..<30) + Array(0..<5) + Array(40..<50), "\(measured)")
    }

    /// A transport stream has no list of key frames, and HEVC no picture that is right without one.
    @Test func clipsOfTransportStreamsAreExactToo() async throws {
        let fixture = try VideoFixture()
        let (film, listed) = (fixture.path("film.ts"), fixture.path("film.mp4"))
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=160x80:r=25:d=9", "-pix_fmt", "yuv420p", "-c:v", "libx265", "-preset", "veryfast",
            "-x265-params", "log-level=none:keyint=50", film,
        ])
        try await fixture.ffmpeg(["-i", film, "-c", "copy", listed])
        var shown: [[[UInt8]]] = []
        for path in [film, listed] {
            let clip = JSONValue.string(String(path.split(separator: "/").last ?? ""))
            let (files, measured) = try await assemble(fixture, timeline(["video": [["clip": clip, "in_s": 5.72]]]), on: [path])
            #expect(measured["frames"] == 82 && measured["frames_repeated"] == 0, "\(measured)")
            shown.append(try await frames(files["assembled.mp4"], fixture))
        }
        let wrong = zip(shown[0], shown[1]).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
        #expect(shown[0].count == 82 && wrong.isEmpty, "\(shown[0].count) \(wrong)")
    }

    @Test func otherRatesShowWhatIsSeenThen() async throws {
        let fixture = try VideoFixture()
        let film = try await counted(fixture)
        for (rate, expected) in [("50", [10, 10, 11, 11, 12, 12]), ("25/2", [10, 12, 14])] {
            let document = timeline([
                "canvas": ["width": 64, "height": 32, "frame_rate": .string(rate)],
                "video": [["clip": "counted.mp4", "in_s": 0.4, "out_s": 2]],
            ])
            let (files, _) = try await assemble(fixture, document, on: [film])
            let numbers = try await frames(files["assembled.mp4"], fixture).map { (Int($0[0]) - 14) / 4 }
            #expect(Array(numbers.prefix(expected.count)) == expected)
        }
    }

    @Test func stillsFitFillOrStandBeforeTheirBlur() async throws {
        let fixture = try VideoFixture()
        // Grey 200 with a black left third, 30 by 30 pixels.
        let still = fixture.path("still.png")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=#c8c8c8:s=30x30,drawbox=w=10:h=30:color=black:t=fill", "-frames:v", "1", still,
        ])
        func luma(_ fit: String) async throws -> [UInt8] {
            let item: JSONValue = ["still": "still.png", "duration_s": 0.2, "fit": .string(fit)]
            let (files, measured) = try await assemble(fixture, timeline(["video": [item]]), on: [still])
            #expect(measured["frames"] == 5 && measured["frames_repeated"] == 4, "\(measured)")
            return try await frames(files["assembled.mp4"], fixture)[2]
        }
        let row = 16 * 64
        let (fit, fill, blur) = (try await luma("fit"), try await luma("fill"), try await luma("blur"))
        #expect(fit[row + 2] == 16 && fit[row + 20] < 30 && fit[row + 40] > 180 && fit[row + 62] == 16)
        #expect(fill[row + 2] < 30 && fill[row + 30] > 180 && fill[row + 62] > 180)
        #expect(blur[row + 40] > 180 && (100..<190).contains(blur[row + 62]), "\(blur[row + 62])")
    }

    @Test func camerasMoveOverStills() async throws {
        let fixture = try VideoFixture()
        let still = fixture.path("still.png")
        // Dark on the left, bright on the right.
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=white:s=640x320,drawbox=w=320:h=320:color=black:t=fill", "-frames:v", "1", still,
        ])
        let item: JSONValue = [
            "still": "still.png", "duration_s": 1,
            "motion": ["from": ["x": 0, "zoom": 2], "to": ["x": 1, "zoom": 2]],
        ]
        let (files, _) = try await assemble(fixture, timeline(["video": [item]]), on: [still])
        let means = try await frames(files["assembled.mp4"], fixture).map {
            $0.prefix(64 * 32).reduce(0) { $0 + Int($1) } / (64 * 32)
        }
        #expect(means[0] < 20 && means[24] > 230 && means == means.sorted(), "\(means)")
        #expect((115...136).contains(means[12]), "the middle shows half of each: \(means)")
        #expect(Set(means.dropFirst(8).prefix(8)).count == 8, "every frame is another: \(means)")
    }

    @Test func whatCanBeSeenThroughShowsTheBackground() async throws {
        let fixture = try VideoFixture()
        let still = fixture.path("still.png")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "color=white@0.5:s=64x32,format=rgba", "-frames:v", "1", still])
        let (files, _) = try await assemble(fixture, timeline(["video": [["still": "still", "duration_s": 0.1]]]), on: [still])
        let luma = try await frames(files["assembled.mp4"], fixture)[0][0]
        #expect((120...132).contains(luma), "\(luma)")
    }

    @Test func textAndCaptionsAreSeenInTheirTime() async throws {
        let fixture = try VideoFixture()
        let captions = try fixture.write(Bytes("1\n00:00:01,000 --> 00:00:01,400\nXXXX\n".utf8), "c.srt")
        let document = timeline([
            "canvas": ["width": 160, "height": 90, "frame_rate": 25],
            "video": [["color": "#000000", "duration_s": 2]],
            "text": [["text": "Title", "start_s": 0.4, "end_s": 0.8, "position": "top", "size_percent": 20]],
            "captions": ["file": "c.srt", "size_percent": 20],
        ])
        let (files, measured) = try await assemble(fixture, document, on: [captions])
        // Drawn when it comes and goes, else the same picture again.
        #expect(measured["frames_repeated"] == 45, "\(measured)")
        let frames = try await frames(files["assembled.mp4"], fixture, 160 * 90 * 3 / 2)
        func rows(_ frame: [UInt8]) -> [Int] { (0..<90).filter { row in frame[row * 160..<(row + 1) * 160].contains { $0 > 150 } } }
        #expect(frames.indices.filter { !rows(frames[$0]).isEmpty } == Array(10..<20) + Array(25..<35))
        #expect(rows(frames[15]).allSatisfy { $0 < 30 } && rows(frames[30]).allSatisfy { $0 > 60 })
    }

    @Test func turnedAndFramelessThingsAreTaken() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("phone.mp4")
        try await fixture.ffmpeg(["-i", counted(fixture), "-c", "copy", "-metadata:s:v:0", "rotate=90", film])
        let (files, _) = try await assemble(
            fixture,
            timeline(["video": [["clip": "phone.mp4", "fit": "fit"], ["color": "#ffffff", "duration_s": 1, "start_s": 3]]]),
            on: [film])
        let frames = try await frames(files["assembled.mp4"], fixture)
        try #require(frames.count == 100)
        // Upright it is 16 of 64 pixels wide; after its end the background shows.
        #expect(frames[40][16 * 64 + 4] == 16 && frames[40][16 * 64 + 32] > 150)
        #expect(frames[60].prefix(64 * 32).allSatisfy { $0 == 16 } && frames[75][0] == 235)
    }
}
