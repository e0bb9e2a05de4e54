import AudioCore
import FoundationEssentials
import Glibc
import Jobs
import Primitives
import TestSupport
import Testing

/// A folder with real media for one test, and the operations run on it as a job's process runs them.
struct MediaFixture {
    let folder: TemporaryFolder
    let outputs: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("audio-media")
        outputs = try TemporaryFolder("audio-outputs")
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    @discardableResult
    static func command(_ program: String, _ arguments: [String], in folder: String? = nil) async throws -> String {
        let run = try await CommandRun.run(program, arguments, in: folder)
        guard run.status == 0 else { throw Failed(description: "\(program) \(arguments): \(run.errors)") }
        return run.output
    }

    func path(_ name: String) -> String { folder.appending(name) }

    /// Makes a file with FFmpeg.
    /// - Parameter arguments: what stands between `ffmpeg -y` and the output's path, separated by spaces.
    func make(_ name: String, _ arguments: String) async throws -> String {
        try await Self.command(
            "ffmpeg", ["-y", "-v", "error"] + arguments.split(separator: " ").map(String.init) + [path(name)], in: folder.path)
        return path(name)
    }

    /// Twelve seconds of speech over soft music, stereo, 44.1 kHz, quiet.
    func talk(_ name: String = "talk.wav") async throws -> String {
        let sentence = "The studio brings a recording to its target loudness. Speech has pauses; music has none. One, two, three."
        try await Self.command("espeak-ng", ["-s", "150", "-w", path("speech.wav"), sentence])
        try await Self.command(
            "sox",
            ["-n", "-r", "44100", "-c", "2", path("music.wav"), "synth", "12"]
                + ["pluck", "A2", "pluck", "E3", "tremolo", "2", "40", "gain", "-28"])
        let mix = """
            [0:a]aresample=44100,aformat=channel_layouts=stereo,volume=-12dB,apad[speech];\
            [speech][1:a]amix=inputs=2:duration=shortest:normalize=0
            """
        return try await make(name, "-i speech.wav -i music.wav -filter_complex \(mix) -t 12 -c:a pcm_s16le")
    }

    /// A picture of 64 by 48 pixels.
    func cover() async throws -> String { try await make("cover.png", "-f lavfi -i testsrc=size=64x48:rate=1 -frames:v 1") }

    func write(_ name: String, _ bytes: Bytes) throws -> String {
        let file = try #require(fopen(path(name), "wb"))
        defer { fclose(file) }
        try #require(bytes.isEmpty || fwrite(bytes, 1, bytes.count, file) == bytes.count)
        return path(name)
    }

    func read(_ path: String) throws -> Bytes {
        let file = try #require(fopen(path, "rb"))
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        var bytes = Bytes(repeating: 0, count: ftell(file))
        rewind(file)
        try #require(fread(&bytes, 1, bytes.count, file) == bytes.count)
        return bytes
    }

    /// Runs an operation.
    /// - Returns: the output file's path, if there is one, and the measurements.
    func run(
        _ operation: String, _ parameters: JSONValue = [:], on path: String, named name: String? = nil
    ) async throws -> (file: String, measurements: JSONValue) {
        let (files, measurements) = try await run(operation, parameters, on: [path], named: name)
        return (files.first ?? "", measurements)
    }

    /// Runs an operation with the installed models.
    /// - Returns: the output files' paths and the measurements.
    func run(
        _ operation: String, _ parameters: JSONValue = [:], on paths: [String], named name: String? = nil, models: String? = nil
    ) async throws -> (files: [String], measurements: JSONValue) {
        let operation = try #require(AudioOperations.catalogue[operation])
        let inputs = paths.map { JobContext.Input(path: $0, name: name ?? $0, mediaType: "application/octet-stream") }
        let context = JobContext(
            inputs: inputs, outputFolder: outputs.path,
            resources: ["models": models ?? InstalledModels.folder, "presets": InstalledModels.root + "/deploy/presets"])
        let output = try await operation.run(parameters, in: context)
        return (output.files.map { outputs.appending($0.name) }, output.measurements)
    }

    /// The samples of a file's first channel as FFmpeg decodes them.
    func samples(_ path: String, rate: Int) async throws -> [Float] {
        let raw = self.path("raw-\(rate).f32")
        try await Self.command("ffmpeg", ["-y", "-v", "error", "-i", path, "-ac", "1", "-ar", "\(rate)", "-f", "f32le", raw])
        return try read(raw).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    /// What FFmpeg's own EBU R 128 meter says: LUFS and dBTP.
    func ffmpegLoudness(_ path: String) async throws -> (integrated: Double, truePeak: Double) {
        let text = try await Self.command(
            "ffmpeg",
            [
                "-v", "error", "-i", path, "-map", "0:a", "-af", "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-", "-f",
                "null", "-",
            ])
        var integrated = -Double.infinity
        var peak = 0.0
        for line in text.split(separator: "\n") {
            guard let mark = line.firstIndex(of: "="), let value = Double(line[line.index(after: mark)...]) else { continue }
            if line.hasPrefix("lavfi.r128.I=") { integrated = value }
            if line.hasPrefix("lavfi.r128.true_peaks_ch") { peak = max(peak, value) }
        }
        return (integrated, 20 * log10(peak))
    }

    /// The course of a statistic (`Peak_level`, `RMS_level`, …) of a signal that FFmpeg's filters make of files.
    /// - Parameter filter: a graph over the inputs, without its last output's label.
    func statistic(_ name: String, of files: [String], filter: String) async throws -> [Double] {
        let key = "lavfi.astats.Overall.\(name)"
        let meter = "astats=metadata=1:measure_perchannel=none,ametadata=print:key=\(key):file=-"
        let text = try await Self.command(
            "ffmpeg",
            ["-v", "error"] + files.flatMap { ["-i", $0] } + ["-filter_complex", "\(filter),\(meter)", "-f", "null", "-"])
        return text.split(separator: "\n").compactMap { line in
            line.hasPrefix(key) ? Double(line.dropFirst(key.count + 1)) : nil
        }
    }

    /// What ffprobe says of a file's streams, container and tags.
    func ffprobe(_ path: String) async throws -> JSONValue {
        let text = try await Self.command(
            "ffprobe", ["-v", "error", "-show_streams", "-show_format", "-show_chapters", "-of", "json", path])
        return try JSONValue(parsing: Bytes(text.utf8))
    }
}

extension JSONValue {
    /// The number at a path of members.
    func number(_ path: String...) -> Double? {
        path.reduce(JSONValue?.some(self)) { $0?[$1] }?.doubleValue
    }
}

/// The models that `deploy/models install` has put on this machine.
enum InstalledModels {
    /// The product's folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
    static var folder: String { ProcessInfo.processInfo.environment["AVSTUDIO_MODELS"] ?? root + "/var/models" }
    /// Whether tests that need them shall run; `deploy/test` installs them first.
    static var areWanted: Bool { ClientPrograms.areWanted(folder + "/registry.json") }
    /// The Python that converts models.
    static let converters = root + "/var/tools/model-converters/bin/python"
    static var areConvertersWanted: Bool { ClientPrograms.areWanted(folder + "/registry.json", converters) }
}
