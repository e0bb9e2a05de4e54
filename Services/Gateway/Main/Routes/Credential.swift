import HTTP

/// The text of the key that a request brings.
enum Credential {
    /// `Authorization: Bearer …` or `X-API-Key: …`.
    static func text(_ headers: HTTPHeaders) -> String? {
        if let value = headers["Authorization"] {
            // As nearly everybody writes it, without the cost of splitting.
            if value.hasPrefix("Bearer "), !value.utf8.dropFirst(7).contains(UInt8(ascii: " ")) {
                return String(value.dropFirst(7))
            }
            let words = value.split(separator: " ")
            return words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : nil
        }
        return headers["X-API-Key"]
    }
}
