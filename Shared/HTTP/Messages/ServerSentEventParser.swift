package import Primitives

/// Reads an event stream that arrives in pieces of any size (WHATWG HTML, section 9.2.6).
package struct ServerSentEventParser: Sendable {
    private var line = Bytes()
    private var endedWithCR = false
    private var event = ServerSentEvent(data: "")
    private var hasData = false
    private var lastID: String?
    private let limit: Int

    /// - Parameter limit: the longest line and the longest event that are read; what is longer is cut off.
    package init(limit: ByteSize = .mib(1)) {
        self.limit = Int(limit.bytes)
    }

    /// - Returns: the events that the new bytes complete. Comments and events without data are left out, as the standard asks.
    package mutating func consume(_ bytes: Bytes) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            if byte == 10 && endedWithCR {
                endedWithCR = false
                continue
            }
            endedWithCR = byte == 13
            if byte == 10 || byte == 13 {
                if let event = endLine() { events.append(event) }
            } else if line.count < limit {
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return endEvent() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == 32 { value = value.dropFirst() }
        let text = String(decoding: value, as: UTF8.self)
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if event.data.utf8.count + text.utf8.count < limit { event.data += hasData ? "\n" + text : text }
            hasData = true
        case "event": event.event = text
        case "id" where !value.contains(0): lastID = text
        case "retry": event.retry = Int(text)
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerSentEvent? {
        defer {
            event = ServerSentEvent(data: "")
            hasData = false
        }
        guard hasData else { return nil }
        event.id = lastID
        return event
    }
}
