import Foundation
import Primitives
import TestSupport
import Testing
import VideoCore
import VideoText

@Suite(.computing) struct CompositionTests {
    private func failure(_ document: JSONValue) -> CompositionError? {
        do {
            _ = try Composition(document: document)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            (["video": []], "video", "names nothing"),
            (["video": [["color": "#000000", "duration_s": 1]], "vdeo": []], "vdeo", "is not known"),
            (["canvas": ["width": 0], "video": [["color": "#000000", "duration_s": 1]]], "canvas", "is 0×1080 pixels"),
            (["canvas": ["aspect": "2:1"], "video": []], "canvas.aspect", "must be one of 16:9"),
            (["canvas": ["frame_rate": "0"], "video": []], "canvas.frame_rate", "must be from 1 to 120"),
            (["video": [["duration_s": 1]]], "video.0", "must have one of clip, still and color"),
            (["video": [["color": "red", "duration_s": 1]]], "video.0.color", "is no colour"),
            (["video": [["still": "a.png", "duration_s": 0]]], "video.0.duration_s", "above 0"),
            (["video": [["clip": "a", "in_s": 2, "out_s": 2]]], "video.0.out_s", "must come after in_s"),
            (["video": [["clip": "a", "duration_s": 2]]], "video.0.duration_s", "belongs to stills"),
            (
                ["video": [["color": "#000000", "duration_s": 1, "transition": ["kind": "spin", "duration_s": 1]]]],
                "video.0.transition.kind", "must be one of crossfade"
            ),
            (
                ["video": [["still": "a", "duration_s": 1, "motion": ["from": ["zoom": 0.5]]]]], "video.0.motion.from.zoom",
                "must be from 1 to 8"
            ),
            (
                ["video": [["color": "#000000", "duration_s": 1]], "text": [["text": "x", "start_s": 2, "end_s": 1]]],
                "text.0.end_s", "must come after"
            ),
            (
                ["video": [["color": "#000000", "duration_s": 1]], "audio": [["duck": true, "clips": [["file": "x"]]]]], "audio",
                "none with the role speech"
            ),
            (["video": [["color": "#000000", "duration_s": 1]], "audio": [["clips": []]]], "audio.0.clips", "names no sound"),
        ] as [(JSONValue, String, String)])
    func errorsNameThePlace(_ document: JSONValue, _ path: String, _ problem: String) {
        let found = failure(document)
        #expect(found?.path == path && found?.problem.contains(problem) == true, "\(String(describing: found))")
    }

    @Test(arguments: [
        ("16:9", 1920, 1080), ("9:16", 1080, 1920), ("1:1", 1080, 1080),
    ])
    func canvasesHaveTheirShapes(_ aspect: String, _ width: Int, _ height: Int) throws {
        let composition = try Composition(document: [
            "canvas": ["aspect": .string(aspect)], "video": [["color": "#000000", "duration_s": 1]],
        ])
        #expect(composition.canvas.width == width && composition.canvas.height == height)
    }

    private func card(_ more: [String: JSONValue]) -> JSONValue {
        .object(["color": "#123456", "duration_s": 1].merging(more) { $1 })
    }

    @Test func whatOverlapsIsRefused() async throws {
        let fixture = try VideoFixture()
        func failure(_ members: [String: JSONValue], _ paths: [String] = []) async -> CompositionError? {
            do {
                _ = try await fixture.run("video.assemble", ["timeline": .object(members)], on: paths)
                return nil
            } catch let error as CompositionError {
                return error
            } catch {
                Issue.record("\(error)")
                return nil
            }
        }
        var found = await failure(["video": [card([:]), card(["start_s": 0.5])]])
        #expect(
            found?.path == "video.1.start_s" && found?.problem.contains("overlaps video.0, which ends at 1.0 s") == true,
            "\(String(describing: found))")
        found = await failure([
            "video": [card([:]), card(["transition": ["duration_s": 0.7]]), card(["transition": ["duration_s": 0.7]])]
        ])
        #expect(
            found?.path == "video.2.transition" && found?.problem.contains("overlaps itself") == true,
            "\(String(describing: found))")
        found = await failure(["video": [card([:]), card(["transition": ["duration_s": 1.2]])]])
        #expect(
            found?.path == "video.1.transition" && found?.problem.contains("longer than what it brings in") == true,
            "\(String(describing: found))")
        found = await failure(["video": [["clip": "gone.mp4"]]])
        #expect(
            found?.path == "video.0.clip"
                && found?.problem.contains("gone.mp4, which is not among the inputs; there are: none") == true)
        found = await failure(["video": [card([:])], "text": [["text": "x", "end_s": 1, "font": "Nowhere Sans"]]])
        #expect(found?.path == "text.0.font" && found?.problem.contains("Nowhere Sans is not installed; there are: DejaVu") == true)
        let film = fixture.path("film.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=black:s=64x32:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2", "-c:v", "libx264", film,
        ])
        found = await failure(["video": [["clip": "film", "in_s": 3]]], [film])
        #expect(
            found?.path == "video.0.in_s" && found?.problem.contains("after the end of film at 2.0") == true,
            "\(String(describing: found))")
        found = await failure(["video": [["clip": "film", "out_s": 3]]], [film])
        #expect(found?.path == "video.0.out_s")
        found = await failure(["video": [["still": "film", "duration_s": 3]]], [film])
        #expect(found?.path == "video.0.still" && found?.problem.contains("is no picture") == true)
        found = await failure(
            ["video": [card([:])], "audio": [["clips": [["file": "film"], ["file": "film", "start_s": 1]]]]], [film])
        #expect(found?.path == "audio.0.clips.1.start_s" && found?.problem.contains("overlaps audio.0.clips.0") == true)
    }

    /// What is written for editing programs is read back as the same video.
    @Test func editingProgramsGetAndGiveTheSame() async throws {
        let fixture = try VideoFixture()
        let (film, still) = (fixture.path("my film.mp4"), fixture.path("still.png"))
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x32:r=25:d=3", "-f", "lavfi", "-i", "sine=d=3", "-c:v", "libx264", film,
        ])
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "testsrc=s=128x64", "-frames:v", "1", still])
        let timeline: JSONValue = [
            "canvas": ["width": 64, "height": 32, "frame_rate": 25, "background": "#102030"],
            "video": [
                [
                    "clip": "my film.mp4", "in_s": 0.52, "out_s": 2, "gain_db": -6,
                    "transition": ["kind": "fade", "duration_s": 0.2],
                ],
                [
                    "still": "still.png", "duration_s": 1, "fit": "fill",
                    "motion": ["from": ["zoom": 1], "to": ["zoom": 1.5, "x": 0.4]],
                    "transition": ["kind": "wipe-left", "duration_s": 0.36],
                ],
                ["color": "#ff8000", "duration_s": 0.6, "start_s": 3],
                ["clip": "my film.mp4", "out_s": 0.8, "mute": true, "transition": ["duration_s": 0.28]],
            ],
            "text": [["text": "Hi", "start_s": 0.5, "end_s": 1, "size_percent": 30]],
            "audio": [
                [
                    "role": "speech",
                    "clips": [
                        ["file": "my film.mp4", "in_s": 0.4, "out_s": 1, "start_s": 0.5],
                        ["file": "my film.mp4", "start_s": 1.6, "out_s": 2, "gain_db": 3],
                    ],
                ]
            ],
            "end_fade_s": 0.2,
        ]
        // Without loss, so that what the encoder decides does not show.
        func assemble(_ timeline: JSONValue) async throws -> (sums: String, otio: Bytes) {
            let (files, _) = try await fixture.run(
                "video.assemble", ["timeline": timeline, "write_otio": true, "quality": 0], on: [film, still])
            let video = try fixture.write(try #require(files["assembled.mp4"]), "assembled.mp4")
            try await fixture.ffmpeg(["-i", video, "-f", "framemd5", fixture.path("sums")])
            return (try String(contentsOfFile: fixture.path("sums"), encoding: .utf8), try #require(files["assembled.otio"]))
        }
        let first = try await assemble(timeline)
        let second = try await assemble(try JSONValue(parsing: first.otio))
        #expect(first.sums.count > 1000 && first.sums == second.sums)
        #expect(first.otio == second.otio)
    }

    /// OpenTimelineIO's own library writes a timeline, and reads the one that is written.
    @Test(.enabled(if: TimelineProgram.isWanted, "deploy/test installs OpenTimelineIO"))
    func timelinesOfOtherProgramsAreReadAndWritten() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("my film.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x32:r=25:d=3", "-f", "lavfi", "-i",
            "aevalsrc=sin(2*PI*(300+200*t)*t):d=3:s=48000", "-c:v", "libx264", film,
        ])
        try await TimelineProgram.run("write", fixture.path("cut.otio"), "my film.mp4")
        var foreign = try JSONValue(parsing: Bytes(try Data(contentsOf: URL(filePath: fixture.path("cut.otio")))))
        let canvas: JSONValue = ["width": 64, "height": 32, "frame_rate": 25]
        foreign = .object((foreign.objectValue ?? [:]).merging(["metadata": ["avstudio": ["canvas": canvas]]]) { $1 })
        let own: JSONValue = [
            "canvas": canvas,
            "video": [
                ["clip": "my film.mp4", "in_s": 0.4, "out_s": 1.6],
                ["clip": "my film.mp4", "in_s": 0.8, "out_s": 1.8, "transition": ["duration_s": 0.4]],
                ["clip": "my film.mp4", "out_s": 0.6, "start_s": 2.2],
            ],
            "audio": [["clips": [["file": "my film.mp4", "start_s": 0.5, "in_s": 1, "out_s": 2.5]]]],
        ]
        var sums: [String] = []
        for timeline in [foreign, own] {
            let (files, _) = try await fixture.run(
                "video.assemble", ["timeline": timeline, "write_otio": true, "quality": 0], on: [film])
            let video = try fixture.write(try #require(files["assembled.mp4"]), "assembled.mp4")
            try await fixture.ffmpeg(["-i", video, "-f", "framemd5", fixture.path("sums")])
            sums.append(try String(contentsOfFile: fixture.path("sums"), encoding: .utf8))
            let path = try fixture.write(try #require(files["assembled.otio"]), "assembled.otio")
            let tracks = try JSONValue(parsing: Bytes(try await TimelineProgram.run("read", path).utf8)).arrayValue ?? []
            #expect(tracks.map { $0["kind"] } == ["Video", "Audio"])
            #expect(tracks.map { $0["seconds"] } == [2.8, 2])
            #expect(tracks.first?["children"] == ["Clip", "Transition", "Clip", "Gap", "Clip"])
            #expect(tracks.allSatisfy { $0["media"] == ["my film.mp4"] })
        }
        #expect(sums[0].count > 1000 && sums[0] == sums[1])
    }

    /// Names that more than one input has are told, not guessed at.
    @Test func inputsOfOneNameAreNotMixedUp() async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x32:r=25:d=1", "-c:v", "libx264", film])
        try FileManager.default.createDirectory(atPath: fixture.path("more"), withIntermediateDirectories: true)
        let (same, other) = (fixture.path("more/film.mp4"), fixture.path("film.mkv"))
        try FileManager.default.copyItem(atPath: film, toPath: same)
        try await fixture.ffmpeg(["-i", film, "-c", "copy", other])
        func failure(_ name: String, _ paths: [String]) async -> CompositionError? {
            let timeline: JSONValue = [
                "canvas": ["width": 64, "height": 32, "frame_rate": 25], "video": [["clip": .string(name)]],
            ]
            do {
                _ = try await fixture.run("video.assemble", ["timeline": timeline], on: paths)
                return nil
            } catch {
                return error as? CompositionError
            }
        }
        for (name, paths) in [("film.mp4", [film, same]), ("film", [film, other]), ("film", [film, same])] {
            let found = await failure(name, paths)
            #expect(
                found?.path == "video.0.clip" && found?.problem.contains("2 inputs are called") == true,
                "\(String(describing: found))")
        }
        // A whole name tells one of two with different endings.
        #expect(await failure("film.mkv", [film, other]) == nil)
    }

    /// Sounds of one track may touch by what headers round; each keeps its place for editing programs.
    @Test func soundsThatTouchKeepTheirPlaces() async throws {
        let fixture = try VideoFixture()
        let tone = fixture.path("tone.wav")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=d=3:r=48000", tone])
        let clips = [0, 0.97, 1.94].map { start -> JSONValue in
            ["file": "tone.wav", "start_s": .number(start), "in_s": 0, "out_s": 1]
        }
        let timeline: JSONValue = [
            "canvas": ["width": 32, "height": 32, "frame_rate": 25], "video": [["color": "#000000", "duration_s": 4]],
            "audio": [["role": "speech", "gain_db": -3, "clips": .array(clips)]],
        ]
        let (files, _) = try await fixture.run("video.assemble", ["timeline": timeline, "write_otio": true], on: [tone])
        let document = try JSONValue(parsing: try #require(files["assembled.otio"]))
        func seconds(_ time: JSONValue?) -> Double { (time?["value"]?.doubleValue ?? 0) / (time?["rate"]?.doubleValue ?? 1) }
        var starts: [Double] = []
        for track in document["tracks"]?["children"]?.arrayValue ?? [] where track["kind"] == "Audio" {
            #expect(track["metadata"]?["avstudio"]?["role"] == "speech" && track["metadata"]?["avstudio"]?["gain_db"] == -3)
            var time = 0.0
            for child in track["children"]?.arrayValue ?? [] {
                if child["OTIO_SCHEMA"] == "Clip.2" { starts.append(time) }
                time += seconds(child["source_range"]?["duration"])
            }
        }
        #expect(zip(starts.sorted(), [0, 0.97, 1.94]).allSatisfy { abs($0 - $1) < 0.001 } && starts.count == 3, "\(starts)")
    }
}
