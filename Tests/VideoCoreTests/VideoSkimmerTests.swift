import Foundation
import Media
import Primitives
import TestSupport
import Testing
import VideoCore

/// What is passed over is told, can be had after all, and makes no difference to the scenes.
@Suite(.computing) struct VideoSkimmerTests {
    /// Encoders with frames that no other builds on.
    private static let encoders = [
        ("film.mp4", ["-c:v", "libx264", "-g", "40", "-bf", "3"]), ("film.ts", ["-c:v", "libx264", "-g", "40", "-bf", "3"]),
        ("film.mkv", ["-c:v", "libx264", "-x264-params", "keyint=26:bframes=3:open-gop=1:scenecut=0:b-adapt=0"]),
        ("film.mp4", ["-c:v", "libx265", "-x265-params", "log-level=none:keyint=50"]),
        ("film.mpg", ["-c:v", "mpeg2video", "-bf", "2", "-g", "12", "-q:v", "3"]),
        ("film.mp4", ["-c:v", "mpeg4", "-bf", "2", "-g", "30", "-q:v", "3"]),
        ("film.webm", ["-c:v", "libvpx-vp9", "-g", "40", "-deadline", "realtime", "-cpu-used", "8"]),
    ]

    /// Eight seconds: cuts at 50 and 150, a flash at 75, and a dissolve over frames 90 to 115.
    private func film(_ fixture: VideoFixture, _ name: String, _ encoder: [String]) async throws -> String {
        let sources = [
            "smptehdbars=s=160x96:r=25:d=2", "gradients=s=160x96:r=25:d=2.6:speed=0.01:c0=red:c1=yellow:seed=2",
            "mandelbrot=s=160x96:r=25:end_scale=0.3,trim=duration=2.4", "testsrc2=s=160x96:r=25:d=2",
        ]
        let inputs = sources.flatMap { ["-f", "lavfi", "-i", $0] }
        let chains = sources.indices.map { "[\($0):v]format=yuv420p,setsar=1,settb=1/25[v\($0)];" }.joined()
        try await fixture.ffmpeg(
            inputs + [
                "-filter_complex",
                chains + "[v1][v2]xfade=transition=fade:duration=1:offset=1.6[a];[v0][a][v3]concat=n=3,"
                    + "drawbox=color=white:t=fill:enable='eq(n,75)',noise=alls=6:allf=t,format=yuv420p",
            ] + encoder + [fixture.path(name)])
        return fixture.path(name)
    }

    /// Seconds of all frames.
    private func times(_ film: String) throws -> [Double] {
        let decoder = try MediaReader(path: film).videoDecoder(VideoDecoding())
        var times: [Double] = []
        while let frame = try decoder.next() { times.append(frame.time) }
        return times
    }

    /// Seconds of all frames as a skimmer tells them, and of those among them that it passed over.
    private func skimmed(_ skimmer: VideoSkimmer) throws -> (all: [Double], passed: [Double]) {
        var (all, passed): ([Double], [Double]) = ([], [])
        while let step = try skimmer.next() {
            all += step.passed
            passed += step.passed
            if let frame = step.frame { all.append(frame.time) }
        }
        return (all, passed)
    }

    private func areAlike(_ first: [Double], _ second: [Double]) -> Bool {
        first.count == second.count && zip(first, second).allSatisfy { abs($0 - $1) < 1e-4 }
    }

    @Test(arguments: encoders)
    func scenesAreThoseOfAllFrames(_ name: String, _ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture, name, encoder)
        // Low thresholds have many frames recalled.
        for parameters: [String: JSONValue] in [
            ["detector": "content"], ["detector": "content", "threshold": 16], ["detector": "shots"],
        ] {
            // With statistics every frame is looked at.
            let (some, measured) = try await fixture.run(
                "video.scenes", .object(parameters.merging(["formats": "json"]) { $1 }), on: film)
            let (all, wanted) = try await fixture.run(
                "video.scenes", .object(parameters.merging(["formats": "json,stats"]) { $1 }), on: film)
            #expect(measured == wanted && wanted["frames"] == 200)
            let (found, whole) = (
                try JSONValue(parsing: try #require(some["film-scenes.json"])),
                try JSONValue(parsing: try #require(all["film-scenes.json"]))
            )
            let starts = found["scenes"]?.arrayValue?.compactMap { $0["start_frame"]?.integerValue } ?? []
            #expect(starts == whole["scenes"]?.arrayValue?.compactMap { $0["start_frame"]?.integerValue }, "\(parameters)")
            // The lower one has a cut shortly before the first.
            #expect(starts.contains(150) && (starts.contains(50) || parameters["threshold"] != nil), "\(parameters) \(starts)")
        }
    }

    @Test(arguments: encoders)
    func whatIsPassedOverIsTold(_ name: String, _ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture, name, encoder)
        let skimmer = try #require(try VideoSkimmer(path: film, decoding: VideoDecoding()))
        let (all, passed) = try skimmed(skimmer)
        #expect(areAlike(all, try times(film)), "\(all)")
        // VP9's decoder leaves nothing out.
        #expect(name == "film.webm" ? passed.isEmpty : passed.count > 20, "\(passed.count)")
        guard !passed.isEmpty else { return }
        let sampler = try skimmer.recall(passed)
        var recalled: [Double] = []
        while let frame = try sampler.next() { recalled.append(frame.time) }
        #expect(areAlike(recalled, passed), "\(recalled) \(passed)")
    }

    private func calmFilm(_ fixture: VideoFixture, frames: Int, keyFrameEvery count: Int) async throws -> String {
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "gradients=s=64x64:r=25:n=8:speed=0.01:seed=2", "-vf", "noise=alls=6:allf=t,format=yuv420p",
            "-frames:v", "\(frames)", "-c:v", "libx264", "-preset", "veryfast", "-x264-params",
            "keyint=\(count):bframes=3:b-adapt=0:scenecut=0", fixture.path("calm.mp4"),
        ])
        return fixture.path("calm.mp4")
    }

    /// Recalling would begin at the key frame.
    @Test func nothingIsPassedOverFarFromAKeyFrame() async throws {
        let fixture = try VideoFixture()
        let film = try await calmFilm(fixture, frames: 1500, keyFrameEvery: 900)
        let (all, passed) = try skimmed(try #require(try VideoSkimmer(path: film, decoding: VideoDecoding())))
        let numbers = passed.map { Int(($0 * 25).rounded()) }
        #expect(all.count == 1500 && numbers.contains { 400..<500 ~= $0 } && numbers.contains { 900..<1000 ~= $0 }, "\(numbers)")
        #expect(!numbers.contains { 510..<900 ~= $0 || $0 > 1410 }, "\(numbers)")
    }

    /// Recalled again and again, frames cost more than they would have where they stood.
    @Test func nothingIsPassedOverWhileItIsDear() async throws {
        let fixture = try VideoFixture()
        let film = try await calmFilm(fixture, frames: 4000, keyFrameEvery: 100)
        let skimmer = try #require(try VideoSkimmer(path: film, decoding: VideoDecoding()))
        var (recalls, last, longest, number) = (0, 0, 0, 0)
        while let step = try skimmer.next() {
            number += step.passed.count + 1
            guard !step.passed.isEmpty else { continue }
            (longest, last) = (max(longest, number - last), number)
            // Those far from their key frame are the dearest.
            guard recalls < 7, number % 100 > 80 else { continue }
            _ = try skimmer.recall(step.passed)
            recalls += 1
        }
        #expect(recalls == 7 && 300...2500 ~= longest && last > 3900, "\(recalls) \(longest) \(last)")
    }

    /// A flash may lie in a frame that no other builds on.
    @Test func framesWithSomethingNewAreNotPassedOver() async throws {
        let fixture = try VideoFixture()
        for place in 80...87 {
            let film = fixture.path("flash\(place).mp4")
            try await fixture.ffmpeg([
                "-f", "lavfi", "-i", "gradients=s=160x96:r=25:d=5:speed=0.01:c0=red:c1=yellow:seed=2", "-f", "lavfi", "-i",
                "testsrc2=s=160x96:r=25:d=5", "-filter_complex",
                "[0][1]overlay=enable='eq(n,\(place))',noise=alls=6:allf=t,format=yuv420p", "-c:v", "libx264", "-x264-params",
                "bframes=3:b-adapt=0:scenecut=0", film,
            ])
            let skimmer = try #require(try VideoSkimmer(path: film, decoding: VideoDecoding()))
            let (_, passed) = try skimmed(skimmer)
            #expect(passed.count > 20 && !passed.contains { abs($0 - Double(place) / 25) < 0.001 }, "\(place)")
        }
    }

    /// Files that begin or end within a group of pictures have packets of frames that are not shown.
    @Test func copiedPartsHaveTheirOwnFrames() async throws {
        let fixture = try VideoFixture()
        let whole = try await film(fixture, "whole.mp4", ["-c:v", "libx264", "-g", "40", "-bf", "3"])
        let film = fixture.path("part.mp4")
        try await fixture.ffmpeg(["-ss", "0.9", "-i", whole, "-t", "4.1", "-c", "copy", film])
        let skimmer = try #require(try VideoSkimmer(path: film, decoding: VideoDecoding()))
        let (all, passed) = try skimmed(skimmer)
        let (_, measured) = try await fixture.run("video.scenes", ["detector": "content", "formats": "json"], on: film)
        let wanted = try times(film)
        #expect(!passed.isEmpty && measured["frames"] == JSONValue(wanted.count), "\(wanted.count) \(all.count) \(measured)")
    }

    @Test(arguments: [
        ("film.avi", ["-c:v", "mpeg4", "-bf", "2", "-q:v", "3"]),
        ("film.mkv", ["-c:v", "mpeg2video", "-bf", "2", "-q:v", "3", "-flags", "+ilme+ildct", "-field_order", "tt"]),
    ])
    func framesThatCanNotBeToldApartAreAllDecoded(_ name: String, _ encoder: [String]) async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture, name, encoder)
        #expect(try VideoSkimmer(path: film, decoding: VideoDecoding()) == nil)
        let (_, measured) = try await fixture.run("video.scenes", ["detector": "content", "formats": "json"], on: film)
        #expect(measured["frames"] == 200 && (measured["scenes"]?.integerValue ?? 0) > 2, "\(measured)")
    }

    @Test func damagedPacketsAreNoFrames() async throws {
        let fixture = try VideoFixture()
        let film = try await film(fixture, "film.ts", ["-c:v", "libx264", "-g", "40", "-bf", "3"])
        var bytes = try Data(contentsOf: URL(filePath: film))
        for place in stride(from: bytes.count / 2, to: bytes.count / 2 + 6000, by: 97) { bytes[place] ^= 0x5a }
        try bytes.write(to: URL(filePath: film))
        let decoded = try times(film).count
        let (_, measured) = try await fixture.run("video.scenes", ["detector": "content", "formats": "json"], on: film)
        #expect(abs(Int(measured["frames"]?.integerValue ?? 0) - decoded) <= 4, "\(decoded) \(measured)")
    }
}
