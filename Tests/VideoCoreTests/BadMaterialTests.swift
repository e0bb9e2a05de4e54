import Contracts
import Foundation
import Jobs
import Primitives
import TestSupport
import Testing
import VideoCore

/// Every operation on every kind of film that is not as it should be: it comes out right, or it is told in words, and then
/// nothing is left behind.
@Suite(.computing) struct BadMaterialTests {
    /// How an operation is run on a film, and what of its result can be held against the film.
    private struct Trial {
        let operation: String
        var parameters: JSONValue = [:]
        /// Of what comes after the film: captions or a sound.
        var second: String?
        /// Whether it may do without pictures: it copies packets, takes sound, or tells what there is.
        var decodesNothing = false
        /// What else it may say of a film that it can make nothing of.
        var problems: Set<String> = []
        /// Whether the whole film is encoded anew.
        var encodes = false
        /// Whether its files are films, pictures in the film's size, or something else.
        var makes = Made.other

        enum Made { case films, pictures, other }
    }

    private static let fast: JSONValue = ["speed": "ultrafast", "encoder": "software"]

    private func trials(_ film: String, _ fixture: VideoFixture) async throws -> [Trial] {
        let captions = try fixture.write(Bytes("1\n00:00:00,100 --> 00:00:00,800\nHi\n".utf8), "c.srt")
        let sound = fixture.path("other.m4a")
        try await fixture.ffmpeg(["-f", "lavfi", "-i", "sine=r=48000:f=700:d=1", sound])
        let name = String(film.split(separator: "/").last ?? "")
        let timeline: JSONValue = [
            "canvas": ["width": 64, "height": 64, "frame_rate": 25], "video": [["clip": .string(name), "out_s": 0.4]],
        ]
        /// What is said of one kind only.
        func told(_ kind: BadMaterial, _ code: String) -> Set<String> { film.contains("/\(kind.rawValue).") ? [code] : [] }
        return [
            Trial(operation: "video.probe", decodesNothing: true), Trial(operation: "video.scenes"),
            Trial(
                operation: "video.frames", parameters: ["interval_s": 0.2], problems: told(.jumpingTimes, "too-many-frames"),
                makes: .pictures),
            // What an edit list leaves out may be the only key frame.
            Trial(
                operation: "video.frames", parameters: ["frames": "keys", "packing": "files"],
                problems: told(.negativeTimes, "no-pictures"), makes: .pictures),
            Trial(operation: "video.sheet", parameters: ["columns": 2, "rows": 2, "width": 300]),
            Trial(operation: "video.poster", makes: .pictures),
            Trial(operation: "video.thumbnail", parameters: ["count": 1, "text": "Hi"], makes: .pictures),
            Trial(operation: "video.captions", parameters: ["speed": "ultrafast"], second: captions, encodes: true, makes: .films),
            Trial(
                operation: "video.captions", parameters: ["mode": "soft", "container": "mkv"], second: captions,
                decodesNothing: true),
            Trial(
                operation: "video.assemble", parameters: ["timeline": timeline, "speed": "ultrafast"],
                problems: ["invalid-timeline"]),
            Trial(operation: "video.transcode", parameters: Self.fast, encodes: true, makes: .films),
            Trial(
                operation: "video.variants",
                parameters: [
                    "speed": "ultrafast", "count": 1, "ranges": ["speed": [1, 1], "trim_start_s": [0, 0], "crop": [0, 0]],
                ],
                encodes: true, makes: .films),
            Trial(operation: "video.concat", parameters: ["road": "encode", "speed": "ultrafast"], makes: .films),
            Trial(operation: "video.concat", decodesNothing: true, problems: ["media-unsupported"]),
            Trial(operation: "video.audio", decodesNothing: true),
            Trial(operation: "video.audio", parameters: ["action": "replace"], second: sound, decodesNothing: true),
            Trial(operation: "video.split", parameters: ["at": "times", "times": "0.4", "speed": "ultrafast"], makes: .films),
            Trial(operation: "video.checks"),
        ]
    }

    @Test(arguments: BadMaterial.allCases)
    func itComesOutRightOrIsTold(_ kind: BadMaterial) async throws {
        let fixture = try VideoFixture()
        let film = try await kind.make(in: fixture)
        let trials = try await trials(film, fixture)
        let known = VideoOperations.catalogue.operations.map(\.name)
        #expect(
            Set(known).subtracting(trials.map(\.operation))
                == ["video.rewrite", "video.moderate", "video.ingest", "video.download", "video.push"],
            "an operation is missing here")
        for trial in trials {
            let what: Comment = "\(kind.rawValue): \(trial.operation) \(trial.parameters)"
            let folder = try TemporaryFolder("bad-material")
            defer { folder.remove() }
            do {
                let output = try await run(trial, film, in: folder.path)
                #expect(kind.problems.isEmpty || trial.decodesNothing, what)
                #expect(try files(folder) == output.files.map(\.name).sorted(), what)
                if kind.problems.isEmpty { try await check(output, trial, kind, fixture, folder.path, what) }
            } catch let error as any CodedError {
                #expect(kind.problems.union(trial.problems).contains(error.code), "\(what) \(error.code): \(error.message)")
                #expect(try files(folder) == [], what)
            }
        }
    }

    private func run(_ trial: Trial, _ film: String, in folder: String) async throws -> JobOutput {
        let operation = try #require(VideoOperations.catalogue[trial.operation])
        let inputs = ([film] + [trial.second].compactMap { $0 }).map {
            JobContext.Input(path: $0, name: String($0.split(separator: "/").last ?? ""), mediaType: "application/octet-stream")
        }
        let parameters = try operation.canonicalParameters(trial.parameters)
        return try await operation.run(parameters, in: JobContext(inputs: inputs, outputFolder: folder))
    }

    private func files(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    /// Holds what was made against the film.
    private func check(
        _ output: JobOutput, _ trial: Trial, _ kind: BadMaterial, _ fixture: VideoFixture, _ folder: String, _ what: Comment
    ) async throws {
        let result = JobResult(measurements: output.measurements)
        if trial.encodes {
            let frames = try #require(result.frames, what)
            #expect(kind.frames.contains(frames), "\(what): \(frames) frames")
        }
        // A clock that jumps is put right where frames are decoded one after the other; headers and copies tell what the file tells.
        let isTold = kind == .jumpingTimes && !trial.encodes
        if !["video.assemble", "video.audio"].contains(trial.operation), !isTold {
            let seconds = try #require(result.mediaSeconds, what)
            #expect(kind.seconds.contains(seconds), "\(what): \(seconds) s")
        }
        let (width, height) = kind.shown
        // A piece of nothing but frames that build on what is gone shows none.
        let isBare = kind == .missingKeyFrames && trial.operation == "video.split"
        for file in output.files where trial.makes != .other && !isBare && file.mediaType.contains(/^(video|image)\//) {
            let isFilm = trial.makes == .films
            let path = folder + "/" + file.name
            let (size, isHDR) = isFilm ? try await shown(path, fixture) : try await stored(path, fixture)
            // Encoders need even numbers.
            let wanted = [width, height].map { isFilm ? $0 / 2 * 2...($0 + 1) / 2 * 2 : $0...$0 }
            #expect(size.count == 2 && zip(size, wanted).allSatisfy { $1.contains($0) }, "\(what): \(file.name) \(size)")
            #expect(!isFilm || size.allSatisfy { $0.isMultiple(of: 2) }, "\(what): \(size)")
            // Players of h264 know none; captions are burned into h265 where there is.
            #expect(isHDR == (kind == .highDynamicRange && trial.operation == "video.captions"), "\(what): \(file.name)")
        }
    }

    /// How a film is shown, by the studio's own measure: copies of turned pictures say in their header that they are turned.
    private func shown(_ path: String, _ fixture: VideoFixture) async throws -> (size: [Int], isHDR: Bool) {
        let (_, found) = try await fixture.run("video.probe", on: path)
        let video = found["video"]?[0]
        let size = [video?["shown_width"]?.integerValue, video?["shown_height"]?.integerValue].compactMap { $0.map { Int($0) } }
        return (size, video?["is_hdr"] == true)
    }

    private func stored(_ path: String, _ fixture: VideoFixture) async throws -> (size: [Int], isHDR: Bool) {
        let seen = try await fixture.probe(path)
        return ([seen["width"], seen["height"]].compactMap { $0.flatMap { Int($0) } }, seen["color_transfer"] == "smpte2084")
    }
}
