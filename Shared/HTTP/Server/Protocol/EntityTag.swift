import HTTP

/// Comparing entity tags (RFC 9110, section 8.8.3).
enum EntityTag {
    /// The tag as it stands in a header field: quoted, if it is not yet.
    static func quoted(_ tag: String) -> String {
        tag.hasSuffix("\"") && (tag.hasPrefix("\"") || tag.hasPrefix("W/\"")) ? tag : "\"\(tag)\""
    }

    /// Whether an `If-None-Match` or `If-Match` list holds the tag; weak comparison.
    static func list(_ members: [String], holds tag: String) -> Bool {
        members.contains { $0 == "*" || opaque($0) == opaque(tag) }
    }

    /// Whether an `If-Range` value names exactly this content; strong comparison. A date never does.
    static func strongly(_ value: String, equals tag: String) -> Bool {
        value == tag && !tag.hasPrefix("W/")
    }

    private static func opaque(_ tag: String) -> Substring {
        tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
    }
}
