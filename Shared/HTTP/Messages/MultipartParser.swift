import Glibc
package import Primitives

/// Takes a `multipart/form-data` body (RFC 7578, RFC 2046 section 5.1) apart as it comes, holding no more than one piece of it.
///
/// ```swift
/// var parser = MultipartParser(boundary: "x")
/// parser.feed(bytes)
/// while case .bytes(let content) = try parser.next() { … }
/// ```
package struct MultipartParser: Sendable {
    package enum Event: Sendable, Equatable {
        /// Nothing more to tell before `feed`.
        case needsBytes
        /// A part begins; its `Content-Disposition`, empty when it has none.
        case part(disposition: String)
        /// The next bytes of the part.
        case bytes(Bytes)
        case partEnd
        /// The last boundary was read; what follows means nothing.
        case end
    }

    private enum State: Sendable { case preamble, boundary, head, content, end }

    private static let longestHead = 16 << 10
    /// Bytes before the first boundary at most; there should be none.
    private static let longestPreamble = 64 << 10
    private let delimiter: Bytes
    /// The first boundary has no line before it.
    private var buffer: Bytes = [13, 10]
    private var start = 0
    private var preamble = 0
    private var state = State.preamble

    /// - Parameter boundary: 1 to 70 characters.
    /// - Throws: `Problem` 400.
    package init(boundary: String) throws(Problem) {
        guard (1...70).contains(boundary.utf8.count) else { throw Self.invalid("the boundary must have 1 to 70 characters") }
        delimiter = Bytes("\r\n--\(boundary)".utf8)
    }

    /// Takes the next bytes of the body.
    package mutating func feed(_ bytes: Bytes) {
        buffer.removeSubrange(..<start)
        start = 0
        buffer += bytes
    }

    /// Says what the bytes so far mean, one event after the other.
    /// - Throws: `Problem` 400.
    package mutating func next() throws(Problem) -> Event {
        while true {
            switch state {
            case .preamble:
                let (skipped, isWhole) = takeContent()
                preamble += skipped.count
                guard preamble <= Self.longestPreamble else { throw Self.invalid("no boundary was found") }
                guard isWhole else { return .needsBytes }
                state = .boundary
            case .boundary:
                guard let isLast = try takeBoundaryEnd() else { return .needsBytes }
                state = isLast ? .end : .head
            case .head:
                guard let disposition = try takeHead() else { return .needsBytes }
                state = .content
                return .part(disposition: disposition)
            case .content:
                let (bytes, isWhole) = takeContent()
                if !bytes.isEmpty { return .bytes(Bytes(bytes)) }
                guard isWhole else { return .needsBytes }
                state = .boundary
                return .partEnd
            case .end:
                start = buffer.count
                return .end
            }
        }
    }

    /// Bytes before the next delimiter, and whether the delimiter follows at once; it is taken when nothing is before it.
    private mutating func takeContent() -> (ArraySlice<UInt8>, Bool) {
        if let found = find(delimiter) {
            defer { start = found == start ? found + delimiter.count : found }
            return (buffer[start..<found], found == start)
        }
        // A delimiter may be cut in two: its possible beginning stays.
        let end = max(start, buffer.count - delimiter.count + 1)
        defer { start = end }
        return (buffer[start..<end], false)
    }

    /// After a boundary: two dashes end the body, anything but the line's end is an error.
    private mutating func takeBoundaryEnd() throws(Problem) -> Bool? {
        // Blanks before the line's end are allowed (RFC 2046, section 5.1.1).
        while start < buffer.count, buffer[start] == 32 || buffer[start] == 9 { start += 1 }
        guard buffer.count - start >= 2 else { return nil }
        let pair = buffer[start..<start + 2]
        start += 2
        if pair.elementsEqual([13, 10]) {
            // A part without header fields begins with the empty line, whose first line break is this one.
            start -= 2
            return false
        }
        guard pair.elementsEqual([45, 45]) else { throw Self.invalid("a boundary line goes on after the boundary") }
        return true
    }

    private mutating func takeHead() throws(Problem) -> String? {
        guard let end = find([13, 10, 13, 10]) else {
            guard buffer.count - start < Self.longestHead else { throw Self.invalid("a part's head is too long") }
            return nil
        }
        let head = String(decoding: buffer[start..<end], as: UTF8.self)
        start = end + 4
        let field = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") }
        return String(field?.dropFirst("content-disposition:".count).drop { $0 == " " } ?? "")
    }

    /// Where `bytes` begin at or after `start`; looks for their first byte, which media rarely hold.
    private func find(_ bytes: Bytes) -> Int? {
        buffer.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var position = start
            while position + bytes.count <= buffer.count,
                let found = memchr(base + position, Int32(bytes[0]), buffer.count - bytes.count - position + 1)
            {
                position = UnsafeRawPointer(found) - base
                if memcmp(base + position, bytes, bytes.count) == 0 { return position }
                position += 1
            }
            return nil
        }
    }

    /// A problem of a form.
    package static func invalid(_ what: String) -> Problem {
        Problem(status: .badRequest, code: "invalid-form", "the multipart body can not be read: \(what)")
    }
}
