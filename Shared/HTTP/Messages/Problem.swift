package import Primitives

/// An error that is shown to the client as a problem document (RFC 9457).
package struct Problem: CodedError {
    package let status: HTTPStatus
    /// Stable kebab-case identifier, also the last part of the document's type.
    package let code: String
    /// A sentence that the client's author can act on.
    package let detail: String
    /// The parameter or field that is wrong.
    package let field: String?
    /// Further members of the document; they never replace the standard ones.
    package let extensions: [String: JSONValue]
    /// Header fields the response needs, such as `Retry-After` or `Allow`.
    package let headers: HTTPHeaders

    package init(
        status: HTTPStatus, code: String, _ detail: String, field: String? = nil, extensions: [String: JSONValue] = [:],
        headers: HTTPHeaders = [:]
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.extensions = extensions
        self.headers = headers
    }

    package var message: String { detail }

    /// Statuses that ask to try again later.
    package var isRetriable: Bool { [408, 425, 429, 502, 503, 504].contains(status.rawValue) }

    package var document: JSONValue {
        var members = extensions
        members["type"] = .string("urn:avstudio:problem:\(code)")
        members["title"] = .string(status.reason)
        members["status"] = .integer(Int64(status.rawValue))
        members["detail"] = .string(detail)
        members["code"] = .string(code)
        if let field { members["field"] = .string(field) }
        return .object(members)
    }
}
