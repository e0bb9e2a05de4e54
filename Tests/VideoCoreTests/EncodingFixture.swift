import Foundation
import Jobs
import Primitives
import TestSupport
import Testing
import VideoCore

/// What FFmpeg says of the files that operations write.
extension VideoFixture {
    /// Runs an operation and gives the paths of its files, the measurements, and what is left in the folder.
    func encode(
        _ operation: String, _ parameters: JSONValue = [:], on paths: [String], folder: String? = nil
    ) async throws -> (paths: [String], measurements: JSONValue) {
        let operation = try #require(VideoOperations.catalogue[operation])
        let canonical = try operation.canonicalParameters(parameters)
        try operation.check(canonical, resources: [:])
        let inputs = paths.map { JobContext.Input(path: $0, name: "film.mp4", mediaType: "video/mp4") }
        let folder = folder ?? path("made-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let output = try await operation.run(canonical, in: JobContext(inputs: inputs, outputFolder: folder))
        let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(left == output.files.map(\.name).sorted(), "nothing else is left")
        return (output.files.map { folder + "/" + $0.name }, output.measurements)
    }

    /// Entries of `ffprobe` for the first stream of a kind.
    /// - Parameter kind: `v` or `a`.
    func probe(_ path: String, _ kind: String = "v") async throws -> [String: String] {
        let run = try await CommandRun.run(
            "ffprobe",
            ["-v", "error", "-count_frames", "-select_streams", kind + ":0", "-show_streams", "-of", "default=nw=1", path])
        var entries: [String: String] = [:]
        for line in run.output.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2, entries[parts[0]] == nil { entries[parts[0]] = parts[1] }
        }
        return entries
    }

    /// The times of a video's frames, seconds.
    func times(_ path: String) async throws -> [Double] {
        let run = try await CommandRun.run(
            "ffprobe", ["-v", "error", "-select_streams", "v:0", "-show_entries", "frame=pts_time", "-of", "csv=p=0", path])
        return run.output.split(whereSeparator: { $0 == "\n" || $0 == "," }).compactMap { Double($0) }
    }

    /// A picture of a video, made small: red, green and blue of each pixel.
    func pixels(_ path: String, at seconds: Double = 0, _ size: String) async throws -> [Int] {
        let run = try await CommandRun.run(
            "sh",
            [
                "-c",
                "ffmpeg -v error -ss \(seconds) -i '\(path)' -frames:v 1 -vf format=gbrp,scale=\(size):flags=area -pix_fmt rgb24 "
                    + "-f rawvideo - | od -An -v -tu1",
            ])
        return run.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    }

    /// The frames' pictures, small and grey, one list each.
    func pictures(_ path: String) async throws -> [[UInt8]] {
        let run = try await CommandRun.run(
            "sh",
            [
                "-c",
                "ffmpeg -v error -i '\(path)' -fps_mode passthrough -vf scale=16:9:flags=area,format=gray -f rawvideo - "
                    + "| od -An -v -tu1 -w144",
            ])
        #expect(run.errors.isEmpty, "ffmpeg plays \(path) without complaint: \(run.errors)")
        return run.output.split(separator: "\n").map { $0.split(separator: " ").compactMap { UInt8($0) } }
    }

    /// Whether two such pictures are of one frame.
    static func isAlike(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { abs(Int($0) - Int($1)) <= 6 }
    }

    func fails(_ operation: String, _ parameters: JSONValue = [:], on paths: [String], folder: String? = nil) async -> String? {
        do {
            _ = try await encode(operation, parameters, on: paths, folder: folder)
            return nil
        } catch {
            return (error as? any CodedError)?.code ?? "\(error)"
        }
    }
}
