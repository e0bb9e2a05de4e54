import HTTP
import HTTPServer
import Primitives

/// The one file of a `multipart/form-data` body, read as it comes. Other fields of the form are skipped.
struct MultipartFile {
    /// Bytes that the other fields may have in all.
    private static let longestFields = 1 << 20
    private var parser: MultipartParser
    private var body: RequestBody.AsyncIterator
    private var skipped = 0

    /// - Throws: `Problem` 400 when the boundary is missing.
    init(contentType: String, body: RequestBody.AsyncIterator) throws {
        parser = try MultipartParser(boundary: FieldParameters.of(contentType)["boundary"] ?? "")
        self.body = body
    }

    /// Reads up to the file's first byte.
    /// - Returns: the file's name.
    mutating func begin() async throws -> String {
        while true {
            switch try await event() {
            case .part(let disposition):
                if let name = try DispositionName.parse(disposition) { return name }
            case .bytes(let bytes): try skip(bytes)
            case .end: throw MultipartParser.invalid("there is no file in it")
            case .partEnd, .needsBytes: continue
            }
        }
    }

    /// The file's next bytes; `nil` at its end, when the rest of the form has been read too.
    /// - Throws: `Problem` 400, also when there is another file.
    mutating func next() async throws -> Bytes? {
        if case .bytes(let bytes) = try await event() { return bytes }
        while true {
            switch try await event() {
            case .part(let disposition):
                guard try DispositionName.parse(disposition) == nil else {
                    throw MultipartParser.invalid("it holds more than one file")
                }
            case .bytes(let bytes): try skip(bytes)
            case .end:
                while let bytes = try await body.next() { try skip(bytes) }
                return nil
            case .partEnd, .needsBytes: continue
            }
        }
    }

    private mutating func skip(_ bytes: Bytes) throws {
        skipped += bytes.count
        guard skipped <= Self.longestFields else { throw MultipartParser.invalid("its other fields are too long") }
    }

    private mutating func event() async throws -> MultipartParser.Event {
        while true {
            let event = try parser.next()
            guard event == .needsBytes else { return event }
            guard let bytes = try await body.next() else { throw MultipartParser.invalid("it breaks off") }
            parser.feed(bytes)
        }
    }
}
