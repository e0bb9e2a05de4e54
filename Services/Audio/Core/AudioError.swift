import Primitives

/// Why an audio operation can not do what was asked.
package enum AudioError: CodedError, Equatable {
    /// Nothing passes the loudness gates.
    case silent
    /// Shorter than the 400 ms of a gating block; the length in seconds.
    case tooShort(Double)
    /// A sample is infinite or not a number.
    case notFinite
    /// A parameter asks for what the output format can not do.
    case outputSetting(String)
    /// Why something can not be said.
    case speech(String)
    /// What is missing, and what to install; nil for what can not be installed by its name.
    case modelMissing(String, install: String?)
    /// A model that is there but can not be used, and why.
    case modelBroken(String, String)
    /// A model that can not do what was asked, and why.
    case modelUnfit(String, String)

    package var code: String {
        switch self {
        case .silent: "audio-silent"
        case .tooShort: "audio-too-short"
        case .notFinite: "audio-not-finite"
        case .outputSetting: "output-not-possible"
        case .speech: "speech-not-possible"
        case .modelMissing: "model-missing"
        case .modelBroken: "model-broken"
        case .modelUnfit: "model-unfit"
        }
    }

    package var message: String {
        switch self {
        case .silent: "the audio is silent: nothing in it reaches -70 LUFS, so it has no loudness to bring to a target"
        case .tooShort(let seconds):
            "the audio is \(seconds.rounded(decimals: 3)) s long; loudness is defined from 0.4 s on (ITU-R BS.1770)"
        case .notFinite: "the audio holds samples that are infinite or not numbers"
        case .outputSetting(let sentence): sentence
        case .speech(let sentence): sentence
        case .modelMissing(let what, let install?): "\(what) is not installed: run deploy/models install \(install)"
        case .modelMissing(let what, nil): "\(what) is not installed: run deploy/models list to see which models there are"
        case .modelBroken(let name, let why): "the model \(name) can not be used: \(why)"
        case .modelUnfit(let name, let why): "the model \(name) does not fit: \(why)"
        }
    }
}
