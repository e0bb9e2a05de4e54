import Primitives

/// A caller's request can not be served as it is: it is malformed, or asks for what the provider chosen can not do.
package struct ModelRequestError: CodedError, Hashable {
    /// What kind of mistake it is; the raw value is the stable code.
    package enum Reason: String, Sendable {
        case malformed = "invalid-json"
        case wrongType = "wrong-type"
        case missing = "missing-field"
        case outOfRange = "out-of-range"
        case unknownField = "unknown-field"
        case duplicateField = "duplicate-field"
        /// The value is well formed but contradicts another one, for example a tool result without its call.
        case invalid = "invalid-value"
        /// The provider has no way to express it.
        case unsupported = "unsupported"
    }

    /// What kind of mistake it is.
    package let reason: Reason
    /// Where, as `messages[3].content[0].text`; empty for the document as a whole.
    package let field: String
    /// A sentence that begins with the field's name.
    package let message: String
    /// The reason's stable code.
    package var code: String { reason.rawValue }

    package init(_ reason: Reason, field: String, _ message: String) {
        self.reason = reason
        self.field = field
        self.message = message
    }

    init(_ error: JSONSyntaxError) {
        self.init(.malformed, field: "", "the body is not valid JSON: \(error.message) (byte \(error.offset))")
    }

    /// - Parameters:
    ///   - field: the canonical field, for example `tools[0].strict`.
    ///   - provider: who can not do it.
    static func unsupported(_ field: String, by provider: String, _ detail: String = "") -> ModelRequestError {
        ModelRequestError(
            .unsupported, field: field, "\(field): \(provider) does not support this" + (detail.isEmpty ? "" : " (\(detail))"))
    }
}
