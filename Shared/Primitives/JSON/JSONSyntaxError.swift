/// The bytes are not one JSON document (RFC 8259) within the limits.
package struct JSONSyntaxError: Error, Hashable, Sendable {
    /// What is wrong, without any of the text.
    package let message: String
    /// Byte offset at which it was noticed.
    package let offset: Int
}
