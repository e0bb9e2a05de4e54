package import Primitives

/// One event of an event stream (WHATWG HTML, section 9.2).
package struct ServerSentEvent: Sendable, Hashable {
    /// What a client sends back as `Last-Event-ID` when it connects again.
    package var id: String?
    /// The event's type; `message` when absent.
    package var event: String?
    /// May have several lines.
    package var data: String
    /// How long the client shall wait before it connects again, in milliseconds.
    package var retry: Int?

    package init(id: String? = nil, event: String? = nil, data: String, retry: Int? = nil) {
        self.id = id
        self.event = event
        self.data = data
        self.retry = retry
    }

    /// The event as it stands in the stream. Line ends in `id` and `event` become spaces, since they would end the field.
    package var bytes: Bytes {
        var text = Bytes()
        text.reserveCapacity(data.utf8.count + 64)
        if let id { Self.append("id", Self.oneLine(id), to: &text) }
        if let event { Self.append("event", Self.oneLine(event), to: &text) }
        if let retry { Self.append("retry", String(retry), to: &text) }
        for line in Self.lines(of: data) { Self.append("data", line, to: &text) }
        text.append(10)
        return text
    }

    private static func append(_ field: StaticString, _ value: some StringProtocol, to text: inout Bytes) {
        text.append(contentsOf: UnsafeBufferPointer(start: field.utf8Start, count: field.utf8CodeUnitCount))
        text.append(contentsOf: ": ".utf8)
        text.append(contentsOf: value.utf8)
        text.append(10)
    }

    private static func oneLine(_ value: String) -> String {
        String(value.map { $0.isNewline || $0 == "\0" ? " " : $0 })
    }

    /// Splits at LF, CR and CR LF, the line ends of an event stream; other Unicode line ends are ordinary text there.
    private static func lines(of data: String) -> [Substring] {
        data.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
    }
}
