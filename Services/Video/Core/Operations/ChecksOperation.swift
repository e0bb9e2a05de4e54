package import Contracts
package import Jobs
package import Primitives
import VideoAPI

/// `video.checks`: what is wrong with a video before it goes out.
package enum ChecksOperation: Operation {
    package struct Parameters: Sendable {
        package var checks = VideoCheck.allCases.map(\.rawValue).joined(separator: ",")
        package var formats = CheckReport.Format.allCases.map(\.rawValue).joined(separator: ",")
        var blackSeconds = 2.0
        var blackLevel = 0.1
        var blackPart = 0.98
        var freezeSeconds = 2.0
        var freezeNoise = -60.0
        var silenceSeconds = 2.0
        var silenceLevel = -60.0
        var loudness = -14.0
        var loudnessTolerance = 3.0
        var truePeak = -1.0
        var letterboxSeconds = 2.0
        var letterboxLevel = 0.04
        var letterboxPart = 0.02
        var flashes = 3
        var flashArea = 0.25
        var flashChange = 0.1
        var flashDarkest = 0.8
        var expectedSeconds: Double?
        var durationTolerance = 0.5
    }

    package static var name: String { VideoService.OperationName.checks }
    package static var summary: String {
        "Checks a video: black, standstill, silence, loudness, bars, harmful flashes, duration; a verdict each, with times."
    }
    package static var inputs: InputRule { InputRule(.video) }
    package static let schema = Schema(Parameters()) {
        Field.text(
            "checks", \.checks,
            "Which, separated by commas: " + VideoCheck.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        Field.text(
            "formats", \.formats,
            "How the report is written, separated by commas: "
                + CheckReport.Format.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        Field.number("black_s", \.blackSeconds, in: 0...3600, unit: "s", "How long black has to last.")
        Field.number("black_level", \.blackLevel, in: 0...1, "Up to where a pixel is black, 0 (black) to 1 (white).")
        Field.number("black_part", \.blackPart, in: 0...1, "The part of the pixels that have to be black.")
        Field.number("freeze_s", \.freezeSeconds, in: 0...3600, unit: "s", "How long the picture has to stand still.")
        Field.number(
            "freeze_noise_db", \.freezeNoise, in: -120...0, unit: "dB", "The mean difference up to which pictures are the same.")
        Field.number("silence_s", \.silenceSeconds, in: 0...3600, unit: "s", "How long silence has to last.")
        Field.number("silence_dbfs", \.silenceLevel, in: -120...0, unit: "dBFS", "Up to where a sample is silent.")
        Field.number("loudness_lufs", \.loudness, in: -70...0, unit: "LUFS", "How loud the whole should be.")
        Field.number("loudness_tolerance_lu", \.loudnessTolerance, in: 0...70, unit: "LU", "By how much it may be off.")
        Field.number("true_peak_dbtp", \.truePeak, in: -60...6, unit: "dBTP", "The highest true peak that is allowed.")
        Field.number("letterbox_s", \.letterboxSeconds, in: 0...3600, unit: "s", "How long bars have to stand.")
        Field.number("letterbox_level", \.letterboxLevel, in: 0...1, "Up to where a row or column is black.")
        Field.number("letterbox_part", \.letterboxPart, in: 0.001...1, "The part of the width or height that bars have to take.")
        Field.integer("flashes_per_s", \.flashes, in: 1...30, "Flashes in any second that are still allowed.")
        Field.number("flash_area", \.flashArea, in: 0.01...1, "The part of the picture that has to flash.")
        Field.number("flash_change", \.flashChange, in: 0.01...1, "The change of relative luminance that makes a flash.")
        Field.number("flash_darkest", \.flashDarkest, in: 0...1, "The relative luminance that its darker state is below.")
        Field.number(
            "expected_s", \.expectedSeconds, in: 0...1_000_000, unit: "s", "How long it should last; not asked where left out.")
        Field.number(
            "duration_tolerance_s", \.durationTolerance, in: 0...3600, unit: "s",
            "By how much lengths may be apart: expected, of the pictures, of the sound, by the header.")
    }
    package static var output: OutputDescription {
        OutputDescription(files: "The report, one file for each format.", measurements: CheckReport.schema)
    }
    package static var memory: ByteSize { .mib(256) }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        _ = try FormatList<VideoCheck>(parameters.checks, naming: "check")
        _ = try FormatList<CheckReport.Format>(parameters.formats)
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let formats = try FormatList<CheckReport.Format>(parameters.formats).formats
        let checks = try FormatList<VideoCheck>(parameters.checks, naming: "check").formats
        let input = context.inputs[0]
        let (results, seconds, frames) = try VideoChecker(path: input.path, checks, parameters).run {
            context.report($0, "checking")
        }
        let report = CheckReport(name: input.name, duration: seconds, frames: frames, results: results)
        let files = try formats.map { format in
            let name = OutputName.derived(
                from: input.name, suffix: "checks", fileExtension: format.fileExtension, fallback: "video")
            return try context.write(report.render(format), named: name, mediaType: format.mediaType)
        }
        return JobOutput(files: files, measurements: report.measurements)
    }
}
