/// The audio service as others see it.
package enum AudioService {
    /// Names its subjects (`avstudio.job.audio.…`), its paths (`/audio/…`) and its operations (`audio.…`).
    package static let name = "audio"
    package static let summary = "Probes, converts, measures and normalises audio."
    /// The scope a key needs to run its operations.
    package static let scope = "audio:run"
    /// Names of the operations, as pipelines and clients refer to them.
    package enum OperationName {
        package static let probe = "audio.probe"
        package static let convert = "audio.convert"
        package static let loudness = "audio.loudness"
        package static let normalize = "audio.normalize"
        package static let separate = "audio.separate"
        package static let denoise = "audio.denoise"
        package static let transcribe = "audio.transcribe"
        package static let speak = "audio.speak"
        package static let effects = "audio.effects"
        package static let mark = "audio.mark"
        package static let findMark = "audio.find-mark"
        package static let level = "audio.level"
        package static let cut = "audio.cut"
        package static let mix = "audio.mix"
        package static let segments = "audio.segments"
        package static let chapters = "audio.chapters"
        package static let fingerprint = "audio.fingerprint"
    }
}
