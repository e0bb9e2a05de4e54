import HTTP
import Primitives

/// A response as it stood on the wire.
struct RawResponse {
    let status: Int
    let headers: HTTPHeaders
    let body: Bytes

    var text: String { String(decoding: body, as: UTF8.self) }

    var problemCode: String? {
        guard headers["Content-Type"] == "application/problem+json" else { return nil }
        return (try? JSONValue(parsing: body))?["code"]?.stringValue
    }
}

extension RawClient {
    /// Reads one response.
    /// - Parameter hasBody: false for the answer to HEAD.
    func response(hasBody: Bool = true) async throws -> RawResponse {
        // A CR LF is one character of a Swift string.
        let head = try await receive(through: "\r\n\r\n")
        let lines = head.dropLast(2).split(separator: "\r\n", omittingEmptySubsequences: false)
        let parts = lines[0].split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
            throw Failure(description: "not a status line: \(lines[0])")
        }
        var headers = HTTPHeaders()
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw Failure(description: "not a header: \(line)") }
            headers.add(String(line[..<colon]), String(line[line.index(after: colon)...].trimmingBlanks()))
        }
        return RawResponse(status: status, headers: headers, body: hasBody ? try await body(status, headers) : [])
    }

    private func body(_ status: Int, _ headers: HTTPHeaders) async throws -> Bytes {
        if status < 200 || status == 204 || status == 304 { return [] }
        if let text = headers["Content-Length"] {
            guard let length = Int(text) else { throw Failure(description: "Content-Length: \(text)") }
            return try await receive(exactly: length)
        }
        guard headers["Transfer-Encoding"] == "chunked" else { return try await receiveAll() }
        var body = Bytes()
        while true {
            let line = try await receive(through: "\r\n").dropLast()
            guard let count = Int(line, radix: 16) else {
                throw Failure(description: "not a chunk line: \(line)")
            }
            let chunk = try await receive(exactly: count + 2)
            guard chunk.suffix(2) == [13, 10] else { throw Failure(description: "a chunk without its end") }
            if count == 0 { return body }
            body.append(contentsOf: chunk.dropLast(2))
        }
    }

    func get(_ target: String, _ headers: String = "") async throws -> RawResponse {
        try await send("GET \(target) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
        return try await response()
    }

    /// One chunk of the chunked coding.
    static func chunk(_ bytes: Bytes) -> Bytes {
        Bytes("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
    }
}

extension Bytes {
    func firstRange(of pattern: Bytes) -> Range<Int>? {
        guard count >= pattern.count, let first = pattern.first else { return nil }
        var start = startIndex
        while let index = self[start...].firstIndex(of: first), index + pattern.count <= count {
            if self[index..<(index + pattern.count)].elementsEqual(pattern) { return index..<(index + pattern.count) }
            start = index + 1
        }
        return nil
    }
}
