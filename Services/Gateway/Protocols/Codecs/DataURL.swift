/// The parts of a `data:` URL (RFC 2397) with base64 content.
enum DataURL {
    /// - Returns: nil when the text is no such URL.
    static func parse(_ url: String) -> (mediaType: String, base64: String)? {
        guard url.hasPrefix("data:"), let comma = url.utf8.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let head = url[url.index(url.startIndex, offsetBy: 5)..<comma]
        guard head.hasSuffix(";base64") else { return nil }
        let mediaType = head.dropLast(7).split(separator: ";").first.map(String.init) ?? "text/plain"
        return (mediaType, String(url[url.utf8.index(after: comma)...]))
    }

    static func make(mediaType: String, base64: String) -> String { "data:\(mediaType);base64,\(base64)" }
}
