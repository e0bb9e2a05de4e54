import Glibc
import Tokenization

/// The vocabularies of OpenAI's encodings, where `deploy/models` has installed them.
enum Vocabularies {
    static let folder: String = {
        let named = getenv("AVSTUDIO_MODELS").map { String(cString: $0) }
        // Tests/TokenizationTests/Vocabularies.swift
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "\(named ?? "/\(root)/var/models")/openai-encodings"
    }()

    static var areInstalled: Bool { access("\(folder)/o200k_base.bpe", R_OK) == 0 }

    static func encoder(_ encoding: Encoding) throws -> BytePairEncoder {
        try BytePairEncoder(encoding: encoding, path: "\(folder)/\(encoding.rawValue).bpe")
    }
}
