package import HTTP
package import Primitives

/// A `multipart/form-data` body (RFC 7578) with one file, read as it comes. All that is not the file's content may take 1 MiB
/// together, however many fields there are.
///
/// ```swift
/// var form = try MultipartForm(contentType: type, body: request.body)
/// let name = try await form.fileName()
/// while let bytes = try await form.fileBytes() { try await writer.append(bytes) }
/// ```
package struct MultipartForm {
    /// What comes next in the form.
    package enum Event: Sendable, Equatable {
        /// A known field, whole.
        case field(name: String, value: String)
        /// The file begins: the field that it is in, and what the client calls it.
        case file(field: String, name: String)
        /// The file's next bytes.
        case bytes(Bytes)
        case fileEnd
    }

    private enum Part { case none, known(name: String, value: Bytes), unknown, file }

    /// Bytes that heads, other fields and what follows the form may have in all.
    private static let budget = 1 << 20
    /// What a part without any content costs of it.
    private static let partCost = 64
    private let known: Set<String>
    private let fileLimit: ByteSize
    private var parser: MultipartParser
    private var body: RequestBody.AsyncIterator
    private var part = Part.none
    private var spent = 0
    private var fileSize: Int64 = 0
    private var hasFile = false
    private var hasEnded = false

    /// - Parameters:
    ///   - contentType: the header field of the request.
    ///   - known: names of the fields whose values are wanted; others are skipped.
    ///   - fileLimit: most bytes of the file.
    /// - Throws: `Problem`: 400 when the boundary is missing, 413 when the announced length can not hold.
    package init(
        contentType: String, body: RequestBody, known: Set<String> = [], fileLimit: ByteSize = .bytes(.max)
    ) throws(Problem) {
        parser = try MultipartParser(boundary: FieldParameters.of(contentType)["boundary"] ?? "")
        (self.known, self.fileLimit) = (known, fileLimit)
        self.body = body.makeAsyncIterator()
        let most = fileLimit.bytes.addingReportingOverflow(Int64(2 * Self.budget))
        if let length = body.contentLength, !most.overflow, length > most.partialValue { throw tooLarge }
    }

    /// - Returns: `nil` when the whole form has been read.
    /// - Throws: `Problem`: 400 for what is no form, has a second file or too much beside the file; 413 for a file past its limit;
    ///   what reading the body throws.
    package mutating func next() async throws -> Event? {
        while !hasEnded {
            switch try await event() {
            case .part(let disposition):
                if let event = try begin(disposition) { return event }
            case .bytes(let bytes):
                if case .file = part {
                    fileSize += Int64(bytes.count)
                    guard fileSize <= fileLimit.bytes else { throw tooLarge }
                    return .bytes(bytes)
                }
                try spend(bytes.count)
                if case .known(let name, let value) = part { part = .known(name: name, value: value + bytes) }
            case .partEnd:
                defer { part = .none }
                switch part {
                case .file: return .fileEnd
                case .known(let name, let bytes):
                    guard let value = String(validating: bytes, as: UTF8.self) else {
                        throw MultipartParser.invalid("the field \(name) is not UTF-8")
                    }
                    return .field(name: name, value: value)
                case .none, .unknown: continue
                }
            case .end:
                while let bytes = try await body.next() { try spend(bytes.count) }
                hasEnded = true
            case .needsBytes: continue
            }
        }
        return nil
    }

    /// Reads up to the file's first byte.
    /// - Returns: the file's name.
    /// - Throws: as `next`; `Problem` 400 when there is no file.
    package mutating func fileName() async throws -> String {
        while let event = try await next() {
            if case .file(_, let name) = event { return name }
        }
        throw MultipartParser.invalid("there is no file in it")
    }

    /// The file's next bytes; `nil` at its end, when the rest of the form has been read too.
    /// - Throws: as `next`.
    package mutating func fileBytes() async throws -> Bytes? {
        while let event = try await next() {
            if case .bytes(let bytes) = event { return bytes }
        }
        return nil
    }

    private mutating func begin(_ disposition: String) throws(Problem) -> Event? {
        try spend(disposition.utf8.count + Self.partCost)
        let field = FieldParameters.of(disposition)["name"] ?? ""
        guard let name = try DispositionName.parse(disposition) else {
            part = known.contains(field) ? .known(name: field, value: []) : .unknown
            return nil
        }
        guard !hasFile else { throw MultipartParser.invalid("it holds more than one file") }
        (part, hasFile) = (.file, true)
        return .file(field: field, name: name)
    }

    private mutating func spend(_ bytes: Int) throws(Problem) {
        spent += bytes
        guard spent <= Self.budget else { throw MultipartParser.invalid("its other fields are too long") }
    }

    private mutating func event() async throws -> MultipartParser.Event {
        while true {
            let event = try parser.next()
            guard event == .needsBytes else { return event }
            guard let bytes = try await body.next() else { throw MultipartParser.invalid("it breaks off") }
            parser.feed(bytes)
        }
    }

    private var tooLarge: Problem {
        Problem(
            status: .contentTooLarge, code: "file-too-large", "a file may have at most \(fileLimit.bytes) bytes", field: "file",
            extensions: ["limit": .integer(fileLimit.bytes)])
    }
}
