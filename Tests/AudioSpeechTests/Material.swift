import AudioSpeech
import Glibc
import Primitives

/// The models that tests of whole recognition need, where they are installed.
enum InstalledModels {
    static let whisper: WhisperFiles? = {
        let named = getenv("AVSTUDIO_MODELS").map { String(cString: $0) }
        // Tests/AudioSpeechTests/Material.swift
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let files = WhisperFiles(folder: "\(named ?? "/\(root)/var/models")/whisper-base")
        return access(files.encoder, R_OK) == 0 && access(files.tokens, R_OK) == 0 ? files : nil
    }()
}

/// A recording of a man saying "front left", which Debian's alsa-utils brings: 16 bits, 48 kHz, mono.
enum FrontLeft {
    private static let path = "/usr/share/sounds/alsa/Front_Left.wav"
    static var isInstalled: Bool { access(path, R_OK) == 0 }

    /// At 16 kHz: the mean of every three samples.
    static func samples() -> [Float] {
        guard let file = fopen(path, "rb") else { return [] }
        defer { fclose(file) }
        let header = 44
        var pcm = [Int16](repeating: 0, count: 200_000)
        fseek(file, header, SEEK_SET)
        let count = fread(&pcm, 2, pcm.count, file)
        return stride(from: 0, to: count - 2, by: 3).map {
            (Float(pcm[$0]) + Float(pcm[$0 + 1]) + Float(pcm[$0 + 2])) / (3 * 32768)
        }
    }
}

/// A vocabulary of the single bytes and a few merges.
enum SmallVocabulary {
    static let merges = ["he", "ll", "hell", "hello", " w", "or", " wor", "ld", " world", " \u{201c}", "é", "שׁ", " a"]

    static func make() throws -> Vocabulary {
        let pieces = (0...255).map { [UInt8($0)] } + merges.map { Bytes($0.utf8) }
        let lines = pieces.enumerated().map { "\(base64($1)) \($0)\n" }.joined()
        return try Vocabulary(parsing: Bytes(lines.utf8) + Bytes("= 300\n".utf8), count: pieces.count + 40)
    }

    private static func base64(_ bytes: Bytes) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = (0..<3).map { start + $0 < bytes.count ? Int(bytes[start + $0]) : 0 }
            let bits = group[0] << 16 | group[1] << 8 | group[2]
            for place in 0..<4 {
                text.append(start + place <= bytes.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=")
            }
        }
        return text
    }
}
