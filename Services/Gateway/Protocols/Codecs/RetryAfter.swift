package import Primitives

/// The `Retry-After` header (RFC 9110, section 10.2.3): seconds or a date.
package enum RetryAfter {
    /// - Returns: `nil` for what is neither.
    package static func parse(_ text: String, now: Timestamp) -> Duration? {
        if let seconds = Double(text), seconds.isFinite { return RateLimitHints.clamped(seconds: seconds) }
        guard let moment = date(text) else { return nil }
        return RateLimitHints.clamped(seconds: moment.duration(since: now).seconds)
    }

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that senders may use.
    private static func date(_ text: String) -> Timestamp? {
        let fields = text.split { $0 == " " || $0 == "," }
        guard fields.count == 6, fields[5] == "GMT", fields[1].count == 2,
            let month = months.firstIndex(of: String(fields[2]))
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(iso8601: "\(fields[3])-\(number)-\(fields[1])T\(fields[4])Z")
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
