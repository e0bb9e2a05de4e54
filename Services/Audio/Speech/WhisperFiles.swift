import Glibc

/// The files of a Whisper model in sherpa-onnx's form.
package struct WhisperFiles: Sendable, Equatable {
    package var encoder: String
    package var decoder: String
    package var tokens: String

    /// - Parameters:
    ///   - encoder: path of the encoder's ONNX file.
    ///   - decoder: path of the decoder's ONNX file.
    ///   - tokens: path of the tokens' text file.
    package init(encoder: String, decoder: String, tokens: String) {
        (self.encoder, self.decoder, self.tokens) = (encoder, decoder, tokens)
    }

    /// The files in a folder under their usual names; the 8-bit networks where both kinds are there.
    package init(folder: String) {
        let ending =
            access("\(folder)/encoder.int8.onnx", R_OK) == 0 || access("\(folder)/encoder.onnx", R_OK) != 0 ? "int8.onnx" : "onnx"
        self.init(encoder: "\(folder)/encoder.\(ending)", decoder: "\(folder)/decoder.\(ending)", tokens: "\(folder)/tokens.txt")
    }
}
