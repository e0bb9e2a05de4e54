import Primitives

/// Why tokens can not be counted exactly.
package enum TokenizationError: CodedError, Equatable {
    /// The vocabulary of an encoding is not installed.
    case vocabularyMissing(encoding: String, path: String)
    /// A vocabulary or model file can not be opened.
    case unreadable(path: String, reason: String)
    /// A file is not what its place says, or was cut short.
    case damaged(path: String, reason: String)
    /// A SentencePiece model uses what this module does not: another algorithm, or a normalisation table.
    case unsupportedModel(path: String, reason: String)
    /// A number that is no token of the encoding.
    case unknownToken(UInt32)

    package var code: String {
        switch self {
        case .vocabularyMissing: "vocabulary-missing"
        case .unreadable: "vocabulary-unreadable"
        case .damaged: "vocabulary-damaged"
        case .unsupportedModel: "tokenizer-unsupported"
        case .unknownToken: "token-unknown"
        }
    }

    package var message: String {
        switch self {
        case .vocabularyMissing(let encoding, let path):
            "the vocabulary of \(encoding) is not at \(path); `deploy/models install openai-encodings` puts it there"
        case .unreadable(let path, let reason): "\(path) can not be read: \(reason)"
        case .damaged(let path, let reason): "\(path) is damaged: \(reason); `deploy/models install` makes vocabularies anew"
        case .unsupportedModel(let path, let reason): "\(path) is a model that can not be used here: \(reason)"
        case .unknownToken(let token): "\(token) is not a token of this encoding"
        }
    }
}
