package import Primitives

/// Reads server-sent events from bytes that come in pieces cut anywhere.
/// Source: WHATWG HTML Living Standard, 9.2.6 "Interpreting an event stream".
package struct SSEParser: Sendable {
    private var lines: LineSplitter
    private var name = ""
    private var data: Bytes = []
    private var hasData = false
    private var isFirstLine = true
    private let maximumEventSize: Int

    /// - Parameter maximumEventSize: most bytes of data of one event, and of one line.
    package init(maximumEventSize: Int = 16 << 20) {
        self.maximumEventSize = maximumEventSize
        lines = LineSplitter(maximumLength: maximumEventSize)
    }

    /// Takes the next piece.
    /// - Parameters:
    ///   - chunk: bytes as they came.
    ///   - events: gets the events that the piece completes; broken UTF-8 in them is replaced by U+FFFD.
    /// - Throws: `StreamLimitExceeded` when an event grows past the limit.
    package mutating func feed(_ chunk: Bytes, into events: inout [SSEEvent]) throws(StreamLimitExceeded) {
        var splitter = LineSplitter()
        swap(&splitter, &lines)
        defer { swap(&splitter, &lines) }
        try splitter.feed(chunk) { (line) throws(StreamLimitExceeded) in
            if line.isEmpty {
                if let event = dispatch() { events.append(event) }
            } else {
                try take(line)
            }
            isFirstLine = false
        }
    }

    /// The event that the end of the stream left without its empty line. The standard drops it; providers that close right
    /// after their last event are served better by taking it.
    package mutating func finish() throws(StreamLimitExceeded) -> SSEEvent? {
        if let line = lines.finish() {
            let result: Result<Void, StreamLimitExceeded> = line.withUnsafeBufferPointer { bytes in
                do throws(StreamLimitExceeded) {
                    return .success(try take(bytes))
                } catch {
                    return .failure(error)
                }
            }
            try result.get()
        }
        return dispatch()
    }

    private mutating func dispatch() -> SSEEvent? {
        defer { (name, hasData) = ("", false) }
        guard hasData else { return nil }
        var bytes: Bytes = []
        swap(&bytes, &data)
        return SSEEvent(name: name, data: UTF8Repair.repaired(bytes))
    }

    private mutating func take(_ line: UnsafeBufferPointer<UInt8>) throws(StreamLimitExceeded) {
        var line = line
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = UnsafeBufferPointer(rebasing: line.dropFirst(3)) }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.count
        var value = line[min(colon + 1, line.count)...]
        if value.first == 0x20 { value = value.dropFirst() }
        switch colon {
        case 4 where line.starts(with: "data".utf8):
            guard data.count + value.count < maximumEventSize else { throw StreamLimitExceeded(limit: maximumEventSize) }
            if hasData { data.append(0x0A) }
            hasData = true
            data.append(contentsOf: UnsafeBufferPointer(rebasing: value))
        case 5 where line.starts(with: "event".utf8):
            name = String(decoding: value, as: UTF8.self)
        default:
            break  // Comments, which start with the colon, and `id`, `retry` and unknown fields.
        }
    }
}
