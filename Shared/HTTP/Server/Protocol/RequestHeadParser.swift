import CHTTPParser
import HTTP
import Primitives

/// Parses whole request heads with http_parser and checks what it lets pass.
struct RequestHeadParser: ~Copyable {
    private let parsed = UnsafeMutablePointer<avs_request_head>.allocate(capacity: 1)

    init() {
        parsed.initialize(to: avs_request_head())
        // Heads are measured before they come here; the library's own limit must not be the smaller one.
        http_parser_set_max_header_size(1 << 30)
    }

    deinit {
        parsed.deallocate()
    }

    /// - Parameters:
    ///   - head: from the request line to the empty line, as `HeadScanner` found it.
    ///   - targetLimit: bytes.
    /// - Throws: `Problem` 400, 414, 417, 431, 501 or 505; the connection can not be used further.
    func parse(_ head: UnsafeRawBufferPointer, targetLimit: Int) throws(Problem) -> RequestHead {
        let text = head.bindMemory(to: CChar.self)
        let status = avs_parse_request_head(text.baseAddress, text.count, parsed)
        guard status == 0 else { throw Self.problem(status, head) }
        let method = try self.method()
        let (target, fieldsStart) = try self.target(head, limit: targetLimit)
        let isVersion11 = parsed.pointee.minor >= 1
        let fields = try checkedFields(head)
        guard !isVersion11 || fields.hasHost else { throw .malformed("missing-host", "the Host header field is missing") }
        let framing = try fields.framing(isVersion11: isVersion11)
        return RequestHead(
            method: method, target: target, headers: HTTPHeaders(checkedLines: Bytes(head[fieldsStart..<(head.count - 2)])),
            framing: framing, isVersion11: isVersion11, keepsAlive: parsed.pointee.keep_alive != 0,
            expectsContinue: fields.expectsContinue && isVersion11 && framing != .none)
    }

    private func method() throws(Problem) -> HTTPMethod {
        switch http_method(UInt32(parsed.pointee.method)) {
        case HTTP_GET: .get
        case HTTP_HEAD: .head
        case HTTP_POST: .post
        case HTTP_PUT: .put
        case HTTP_PATCH: .patch
        case HTTP_DELETE: .delete
        case HTTP_OPTIONS: .options
        default: throw Problem(status: .notImplemented, code: "unknown-method", "this server does not know the method")
        }
    }

    /// The target in origin form (RFC 9112, section 3.2) and where the header fields start.
    private func target(_ head: UnsafeRawBufferPointer, limit: Int) throws(Problem) -> (String, Int) {
        let start = Int(parsed.pointee.target)
        let end = start + Int(parsed.pointee.target_length)
        guard parsed.pointee.major == 1 else {
            if parsed.pointee.major == 0 { throw .malformed("invalid-request-line", "the request line names no HTTP version") }
            throw Problem(status: .versionNotSupported, code: "version-not-supported", "this server speaks HTTP/1.1")
        }
        guard end - start <= limit else {
            throw Problem(status: .uriTooLong, code: "target-too-long", "the request target is longer than \(limit) bytes")
        }
        // "METHOD target HTTP/1.1\r\n": one space each, so that the line's parts are where everyone else sees them.
        let lineEnd = end + 11
        guard start >= 2, head[start - 1] == 32, head[start - 2].isToken, head[0].isToken, head[lineEnd - 1] == 10, head[end] == 32,
            head[start..<end].allSatisfy({ 0x21 <= $0 && $0 <= 0x7E && $0 != UInt8(ascii: "#") })
        else { throw .malformed("invalid-request-line", "the request line is malformed") }
        let text = String(decoding: head[start..<end], as: UTF8.self)
        if head[start] == UInt8(ascii: "/") { return (text, lineEnd) }
        if text == "*" && parsed.pointee.method == Int32(HTTP_OPTIONS.rawValue) { return (text, lineEnd) }
        // The absolute form, which every server must accept.
        for scheme in ["http://", "https://"] where text.lowercased().hasPrefix(scheme) {
            let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
            guard !authority.isEmpty else { break }
            let rest = text[authority.endIndex...]
            return (rest.hasPrefix("/") ? String(rest) : "/" + rest, lineEnd)
        }
        throw .malformed("invalid-target", "the request target is neither a path nor an absolute URI")
    }

    private func checkedFields(_ head: UnsafeRawBufferPointer) throws(Problem) -> FieldChecks {
        var checks = FieldChecks()
        for index in 0..<parsed.pointee.field_count {
            let field = avs_head_field(parsed, index)
            let name = Int(field.name)..<Int(field.name + field.name_length)
            let value = Int(field.value)..<Int(field.value + field.value_length)
            guard !name.isEmpty, head[name].allSatisfy(\.isToken), head[name.upperBound] == UInt8(ascii: ":") else {
                throw .malformed("invalid-header", "a header field's name holds a character that names may not have")
            }
            try checks.check(
                name: UnsafeRawBufferPointer(rebasing: head[name]), value: UnsafeRawBufferPointer(rebasing: head[value]))
        }
        return checks
    }

    private static func problem(_ status: Int32, _ head: UnsafeRawBufferPointer) -> Problem {
        switch status {
        case Int32(avs_too_many_fields):
            let limit = avs_maximum_fields
            return Problem(status: .headerFieldsTooLarge, code: "too-many-headers", "a request may have \(limit) header fields")
        case Int32(HPE_INVALID_METHOD.rawValue):
            // A well-formed method that http_parser does not know, or no method at all.
            let method = head.prefix { $0 != 32 }
            if !method.isEmpty && method.count < head.count && method.allSatisfy({ 65...90 ~= $0 || $0 == UInt8(ascii: "-") }) {
                return Problem(status: .notImplemented, code: "unknown-method", "this server does not know the method")
            }
            return .malformed("invalid-request-line", "the request line is malformed")
        case Int32(HPE_INVALID_VERSION.rawValue): return .malformed("invalid-version", "the request line names no HTTP version")
        case Int32(HPE_INVALID_CONTENT_LENGTH.rawValue):
            return .malformed("invalid-content-length", "Content-Length is not a number")
        case Int32(HPE_UNEXPECTED_CONTENT_LENGTH.rawValue):
            return .malformed("ambiguous-length", "the request gives its length more than once")
        case Int32(HPE_INVALID_TRANSFER_ENCODING.rawValue):
            return .malformed("invalid-transfer-encoding", "the only transfer coding that is accepted is chunked")
        default: return .malformed("malformed-request", "the request is not well-formed HTTP")
        }
    }
}
