import FoundationEssentials
import Jobs
import Primitives
import TestSupport
import Testing
import VideoCore

/// Videos that FFmpeg makes, and the operations run on them.
struct VideoFixture {
    private let media: TemporaryFolder
    private let outputs: TemporaryFolder

    init() throws {
        media = try TemporaryFolder("video-media")
        outputs = try TemporaryFolder("video-outputs")
    }

    func path(_ name: String) -> String { media.appending(name) }

    func ffmpeg(_ arguments: [String]) async throws {
        let run = try await CommandRun.run("ffmpeg", ["-y", "-v", "error"] + arguments)
        try #require(run.status == 0, "\(run.errors)")
    }

    /// Five scenes of 40, 30, 50, 25 and 55 frames at 25 frames a second, with moving pictures in them.
    static let cuts = [40, 70, 120, 145]
    static let frames = 200

    /// - Parameters:
    ///   - encoder: arguments that choose codec and format.
    ///   - size: width by height.
    func scenes(_ name: String, size: String = "128x72", _ encoder: [String] = ["-c:v", "libx264", "-g", "250"]) async throws
        -> String
    {
        let sources = [
            "testsrc2=s=\(size):r=25:d=1.6", "mandelbrot=s=\(size):r=25:end_scale=0.2,trim=duration=1.2",
            "gradients=s=\(size):r=25:d=2:speed=0.02:c0=blue:c1=green:seed=1", "smptehdbars=s=\(size):r=25:d=1",
            "cellauto=s=\(size):r=25:rule=110:seed=3,trim=duration=2.2",
        ]
        let inputs = sources.flatMap { ["-f", "lavfi", "-i", $0] }
        let join =
            (0..<5).map { "[\($0):v]format=yuv420p,setsar=1[v\($0)];" }.joined()
            + (0..<5).map { "[v\($0)]" }.joined() + "concat=n=5"
        try await ffmpeg(inputs + ["-filter_complex", join] + encoder + [path(name)])
        return path(name)
    }

    /// - Returns: the path of a file with these bytes.
    func write(_ bytes: Bytes, _ name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: path(name)))
        return path(name)
    }

    /// - Parameter paths: of the inputs, known by their own names.
    /// - Returns: the output files' bytes by name, and the measurements.
    func run(
        _ operation: String, _ parameters: JSONValue, on paths: [String]
    ) async throws -> (files: [String: Bytes], measurements: JSONValue) {
        let operation = try #require(VideoOperations.catalogue[operation])
        let inputs = paths.map {
            JobContext.Input(path: $0, name: String($0.split(separator: "/").last ?? ""), mediaType: "application/octet-stream")
        }
        let output = try await operation.run(parameters, in: JobContext(inputs: inputs, outputFolder: outputs.path))
        return (try bytes(of: output), output.measurements)
    }

    /// - Returns: the output files' bytes by name, and the measurements.
    func run(
        _ operation: String, _ parameters: JSONValue = [:], on path: String
    ) async throws -> (files: [String: Bytes], measurements: JSONValue) {
        let operation = try #require(VideoOperations.catalogue[operation])
        let input = JobContext.Input(path: path, name: "film.mp4", mediaType: "video/mp4")
        let output = try await operation.run(parameters, in: JobContext(inputs: [input], outputFolder: outputs.path))
        return (try bytes(of: output), output.measurements)
    }

    private func bytes(of output: JobOutput) throws -> [String: Bytes] {
        var files: [String: Bytes] = [:]
        for file in output.files { files[file.name] = Bytes(try Data(contentsOf: URL(filePath: outputs.appending(file.name)))) }
        return files
    }
}
