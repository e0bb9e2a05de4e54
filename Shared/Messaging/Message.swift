package import Primitives

/// One message of a subject.
package struct Message: Sendable {
    package let subject: String
    /// Where an answer is expected; `nil` when none is.
    package let reply: String?
    /// The first value of every header.
    package let headers: [String: String]
    package let payload: Bytes

    package init(subject: String, reply: String? = nil, headers: [String: String] = [:], payload: Bytes) {
        (self.subject, self.reply, self.headers, self.payload) = (subject, reply, headers, payload)
    }

    /// The server's own status of an otherwise empty message: 100, 404, 408, 409, 503.
    var status: Int? { headers["Status"].flatMap { Int($0) } }

    /// The words beside the status.
    var statusText: String { headers["Description"] ?? "" }
}

/// A message on its way out.
struct OutgoingMessage: Sendable {
    var subject: String
    var reply: String?
    var headers: [String: String] = [:]
    var payload: Bytes = []

    /// What the message takes in memory, about.
    var size: Int { payload.count + subject.utf8.count + headers.count * 64 + 128 }
}
