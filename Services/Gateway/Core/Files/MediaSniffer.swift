package import Primitives

/// Tells what a file is by how it begins; what the client says is not trusted for serving.
package enum MediaSniffer {
    /// How many bytes it wants to see.
    package static let length = 64

    /// - Returns: a media type; `application/octet-stream` when the beginning says nothing.
    package static func mediaType(of start: Bytes) -> String {
        func has(_ text: String, at offset: Int = 0) -> Bool { start.dropFirst(offset).starts(with: text.utf8) }
        if has("RIFF") || has("RF64"), has("WAVE", at: 8) { return "audio/wav" }
        if has("fLaC") { return "audio/flac" }
        if has("OggS") {
            return start.count > 36 && (has("OpusHead", at: 28) || has("vorbis", at: 29)) ? "audio/ogg" : "application/ogg"
        }
        if has("ID3") { return "audio/mpeg" }
        if start.count > 1, start[0] == 0xFF, start[1] & 0xF6 == 0xF0 { return "audio/aac" }
        if start.count > 1, start[0] == 0xFF, start[1] & 0xE0 == 0xE0, start[1] & 0x06 != 0 { return "audio/mpeg" }
        if has("ftyp", at: 4) { return has("M4A", at: 8) || has("M4B", at: 8) ? "audio/mp4" : "video/mp4" }
        if start.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return "video/webm" }
        if has("FORM"), has("AIF", at: 8) { return "audio/aiff" }
        if start.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
        if start.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        return "application/octet-stream"
    }
}
