import Glibc
package import Primitives

/// One server-sent event.
package struct SSEEvent: Sendable, Hashable {
    /// The `event` field; empty when there was none.
    package var name: String
    /// The `data` fields, joined by newlines.
    package var data: Bytes

    package init(name: String = "", data: Bytes) {
        self.name = name
        self.data = data
    }

    /// Appends the event in its form on the wire.
    package func write(into output: inout Bytes) {
        if !name.isEmpty {
            output.append(contentsOf: "event: ".utf8)
            output.append(contentsOf: name.utf8)
            output.append(0x0A)
        }
        guard data.withUnsafeBytes({ $0.baseAddress.map { memchr($0, 0x0A, data.count) } ?? nil }) != nil else {
            output.append(contentsOf: "data: ".utf8)
            output.append(contentsOf: data)
            output.append(contentsOf: "\n\n".utf8)
            return
        }
        for line in data.split(separator: 0x0A, omittingEmptySubsequences: false) {
            output.append(contentsOf: "data: ".utf8)
            output.append(contentsOf: line)
            output.append(0x0A)
        }
        output.append(0x0A)
    }
}
