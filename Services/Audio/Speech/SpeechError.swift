import Primitives

/// Why speech can not be recognised.
package enum SpeechError: CodedError, Equatable {
    /// A file of the model lacks what recognition needs; what is lacking.
    case modelUnusable(String)
    /// The model does not know the language.
    case unknownLanguage(String)
    /// The model knows English only, so that it can neither translate nor tell languages.
    case englishOnly
    /// The window is longer than the 30 s that the model hears; its length in seconds.
    case windowTooLong(Double)

    package var code: String {
        switch self {
        case .modelUnusable: "speech-model-unusable"
        case .unknownLanguage: "language-unknown"
        case .englishOnly: "language-english-only"
        case .windowTooLong: "speech-window-too-long"
        }
    }

    package var message: String {
        switch self {
        case .modelUnusable(let what): "the speech model can not be used: \(what)"
        case .unknownLanguage(let language): "the speech model does not know the language \(language)"
        case .englishOnly: "the speech model knows English only; install a multilingual one"
        case .windowTooLong(let seconds): "\(seconds.rounded(decimals: 1)) s at once; the speech model hears at most 30 s"
        }
    }
}
