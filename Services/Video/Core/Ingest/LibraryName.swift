import Cryptography
import HTTP
import ServiceRuntime

/// Names of folders and files in the library.
enum LibraryName {
    private static let longest = 150
    /// Of several types with the same extension the usual one comes first.
    private static let extensions: KeyValuePairs = [
        "video/mp4": "mp4", "video/webm": "webm", "video/quicktime": "mov", "video/x-matroska": "mkv", "video/mp2t": "ts",
        "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/wav": "wav", "audio/x-wav": "wav", "audio/flac": "flac", "audio/ogg": "ogg",
        "audio/opus": "opus",
        "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp",
    ]

    /// What a file with this extension is; `application/octet-stream` when that is not known.
    static func mediaType(ofExtension ending: String) -> String {
        extensions.first { $0.value == ending.lowercased() }?.key ?? "application/octet-stream"
    }

    /// Whether it can be one part of a path that hides nothing.
    static func isGood(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= longest && name.first != "." && name.first != "-"
            && !name.unicodeScalars.contains {
                ["/", "\\", "\u{FFFD}"].contains($0) || [.control, .format, .surrogate].contains($0.properties.generalCategory)
            }
    }

    /// What a URL's file is called.
    static func name(ofURL url: String) -> String {
        var name = URLFileName.name(ofURL: url)
        while let first = name.first, first == "." || first == "-" { name.removeFirst() }
        while name.utf8.count > longest { name.removeLast() }
        return isGood(name) ? name : "file"
    }

    /// The name with an extension that the media type suggests, where it has none.
    static func completed(_ name: String, type: String?) -> String {
        guard !name.contains("."), let ending = extensions.first(where: { $0.key == type })?.value else { return name }
        return name + "." + ending
    }

    /// `clip-2.mp4` of `clip.mp4`.
    static func numbered(_ name: String, _ number: Int) -> String {
        guard number > 1 else { return name }
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        return "\(name[..<dot])-\(number)\(name[dot...])"
    }

    /// An owner's folder: their name where it can be one.
    static func folder(ofOwner owner: String) -> String {
        let name = PercentEncoding.encode(owner)
        return isGood(name) ? name : "~" + Hex.encode(SHA256.hash(Array(owner.utf8)))
    }
}
