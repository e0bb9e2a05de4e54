import AudioAPI
package import Contracts
package import Jobs
import Media
import Metering
import Primitives

/// `audio.normalize`: a file at a target loudness under a true-peak ceiling.
package enum NormalizeOperation: Operation {
    package struct Parameters: WritesAudio {
        package var preset = LoudnessPreset.ebuR128
        /// LUFS; overrides the preset.
        package var integrated: Double?
        /// dBTP; overrides the preset.
        package var truePeak: Double?
        package var isDualMono = false
        package var output = OutputSettings()

        /// What the result shall measure.
        var target: LoudnessTarget {
            LoudnessTarget(
                integrated: integrated ?? preset.target.integrated, truePeak: truePeak ?? preset.target.truePeak)
        }
    }

    package static var name: String { AudioService.OperationName.normalize }
    package static var summary: String {
        "Brings audio to a target loudness (EBU R 128, ITU-R BS.1770) under a true-peak ceiling; limits only where peaks need it."
    }
    package static var inputs: InputRule { InputRule(.media) }
    package static let schema = Schema(Parameters()) {
        Field.choice("preset", \.preset, "Where the audio is going; sets the target and the ceiling.")
        Field.number(
            "target_lufs", \.integrated, in: -60 ... -5, unit: "LUFS", "The integrated loudness wanted, in place of the preset's.")
        Field.number(
            "true_peak_dbtp", \.truePeak, in: -20...0, unit: "dBTP", "The highest true peak allowed, in place of the preset's.")
        Field.flag("dual_mono", \.isDualMono, "Measures a single channel as heard from two loudspeakers (+3 LU).")
        Parameters.outputFields
    }
    package static var output: OutputDescription {
        OutputDescription(files: "The normalised audio.", measurements: NormalizationDocument.schema)
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let source = try AudioSource(context.inputs[0])
        let target = try AudioTarget(parameters.output, source: source, isProcessed: true).withoutGainTags
        let name = OutputName.derived(
            from: context.inputs[0].name, suffix: "normalized", fileExtension: target.format.fileExtension)
        let normalizer = Normalizer(
            source: source, target: target, loudness: parameters.target, isDualMono: parameters.isDualMono,
            report: { context.report($0, $1) })
        let outcome = try normalizer.run(writingTo: context.outputFolder + "/" + name)
        return JobOutput(
            files: [.init(name: name, mediaType: target.format.mediaType)],
            measurements: NormalizationDocument.make(outcome, parameters, target))
    }
}
