import GatewayCore
import HTTP
import HTTPServer
import Primitives

/// The one file of a `multipart/form-data` body (RFC 7578), read as it comes. Fields before the file are skipped.
struct MultipartFile {
    private static let longestPartHead = 16 << 10
    private let delimiter: Bytes
    private var body: RequestBody.AsyncIterator
    private var buffer: Bytes
    private var isDone = false

    /// - Throws: `Problem` when the boundary is missing.
    init(contentType: String, body: RequestBody.AsyncIterator) throws {
        guard let boundary = DispositionName.parameters(contentType)["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw Self.malformed("the boundary is missing")
        }
        delimiter = Bytes("\r\n--\(boundary)".utf8)
        self.body = body
        // The first boundary has no line before it.
        buffer = [13, 10]
    }

    /// Reads up to the file's first byte.
    /// - Returns: the file's name.
    mutating func begin() async throws -> String {
        while true {
            // Up to and over the next boundary; what is before it belongs to a field that is not a file.
            while try await piece() != nil {}
            guard !isDone else { throw Self.malformed("there is no file in the form") }
            let head = try await partHead()
            let disposition = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-disposition:") } ?? ""
            if let name = try DispositionName.parse(String(disposition)) { return name }
        }
    }

    /// The file's next bytes; `nil` at its end.
    mutating func next() async throws -> Bytes? {
        if let bytes = try await piece() { return bytes }
        // Whatever follows the file is read and dropped, so that the connection stays usable.
        while try await body.next() != nil {}
        return nil
    }

    /// Bytes before the next boundary; `nil` after it has been read, with `isDone` telling whether it was the last.
    private mutating func piece() async throws -> Bytes? {
        while true {
            if let start = buffer.firstRange(of: delimiter)?.lowerBound {
                if start > 0 {
                    defer { buffer.removeFirst(start) }
                    return Bytes(buffer[..<start])
                }
                while buffer.count < delimiter.count + 2 { try await fill() }
                isDone = buffer[delimiter.count] == UInt8(ascii: "-")
                buffer.removeFirst(delimiter.count + 2)
                return nil
            }
            // A boundary may be cut in two: its possible beginning stays.
            let safe = buffer.count - delimiter.count
            if safe > 0 {
                defer { buffer.removeFirst(safe) }
                return Bytes(buffer[..<safe])
            }
            try await fill()
        }
    }

    private mutating func partHead() async throws -> String {
        while true {
            if let end = buffer.firstRange(of: Bytes("\r\n\r\n".utf8)) {
                let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                buffer.removeFirst(end.upperBound)
                return head
            }
            guard buffer.count < Self.longestPartHead else { throw Self.malformed("a part's head is too long") }
            try await fill()
        }
    }

    private mutating func fill() async throws {
        guard let bytes = try await body.next() else { throw Self.malformed("the form breaks off") }
        buffer += bytes
    }

    private static func malformed(_ what: String) -> Problem {
        Problem(status: .badRequest, code: "invalid-form", "the multipart body can not be read: \(what)")
    }
}
