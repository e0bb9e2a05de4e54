import CZlib

/// How well a text compresses, which betrays repetition.
/// Source: `compression_ratio` of OpenAI's Whisper: bytes of UTF-8 over bytes of zlib at its usual level.
package enum CompressionRatio {
    /// - Returns: about 1 to 2 for natural speech of a sentence or more, under 1 for a few words, 0 for no text.
    package static func of(_ text: String) -> Double {
        var text = text
        return text.withUTF8 { bytes in
            guard !bytes.isEmpty else { return 0 }
            var size = compressBound(uLong(bytes.count))
            let written = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
                count = compress(buffer.baseAddress, &size, bytes.baseAddress, uLong(bytes.count)) == Z_OK ? Int(size) : 0
            }
            return written.isEmpty ? 0 : Double(bytes.count) / Double(written.count)
        }
    }
}
