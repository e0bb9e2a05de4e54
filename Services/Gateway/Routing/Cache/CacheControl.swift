/// Who shares a cached answer.
package enum CacheScope: String, Sendable, Hashable, CaseIterable {
    case key, user, organisation, everyone

    /// What separates this caller's entries from others'. A caller without the wider identity falls back to the narrower one.
    package func identity(key: String, user: String?, organisation: String?) -> String {
        switch self {
        case .key: "key:" + key
        case .user: user.map { "user:" + $0 } ?? "key:" + key
        case .organisation: organisation.map { "organisation:" + $0 } ?? user.map { "user:" + $0 } ?? "key:" + key
        case .everyone: "everyone"
        }
    }
}

/// What one request wants of the cache.
package struct CacheControl: Sendable, Hashable {
    /// Whether a cached answer will do.
    package var mayRead = true
    /// Whether the answer may be kept.
    package var mayStore = true
    /// Seconds that a cached answer may be old at most; `nil` for its whole life.
    package var maximumAge: Double?
    /// Who may share it; `nil` for what the studio is set to.
    package var scope: CacheScope?

    package init() {}

    /// Reads a Cache-Control header field (RFC 9111, section 5.2.1) and the studio's own directive `scope`, for instance
    /// `max-age=60, scope=organisation`. Directives that are not known, or not right, count as not given, as the RFC asks.
    package init(header: String) {
        for part in header.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map { Self.trimmed($0) }
            guard let name = pair.first?.lowercased() else { continue }
            switch name {
            case "no-cache": mayRead = false
            case "no-store": (mayRead, mayStore) = (false, false)
            case "max-age":
                if pair.count == 2, let seconds = Int(pair[1]), seconds >= 0 { maximumAge = Double(seconds) }
            case "scope":
                if pair.count == 2 { scope = CacheScope(rawValue: pair[1].lowercased()) ?? scope }
            default: break
            }
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { " \t\"".contains($0) }.reversed().drop { " \t\"".contains($0) }.reversed())
    }
}
