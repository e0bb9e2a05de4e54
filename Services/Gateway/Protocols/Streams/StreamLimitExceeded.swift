import Primitives

/// A stream sent one line or event that is larger than agreed.
package struct StreamLimitExceeded: CodedError, Hashable {
    /// The most bytes that one line or event may have.
    package let limit: Int
    /// `stream-event-too-large`.
    package var code: String { "stream-event-too-large" }
    /// Tells the limit.
    package var message: String { "one event of the stream has more than \(limit) bytes" }
}
