/// Media types by the ending of a URL's path, for providers that want one with every link.
enum MediaTypeNames {
    static func guess(fromURL url: String) -> String? {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        guard let dot = path.lastIndex(of: ".") else { return nil }
        return names[path[path.index(after: dot)...].lowercased()]
    }

    private static let names = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
        "heic": "image/heic", "pdf": "application/pdf", "txt": "text/plain", "wav": "audio/wav", "mp3": "audio/mp3",
    ]
}
