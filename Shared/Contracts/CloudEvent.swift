package import Primitives

/// A CloudEvents 1.0 envelope in the JSON event format; every message of the studio travels in one.
package struct CloudEvent<Data: Codable & Sendable>: Codable, Sendable {
    package var specversion = "1.0"
    package var id: String
    /// Which service sent it, as a URI reference: `/audio`.
    package var source: String
    /// What happened, for example `avstudio.job.finished`.
    package var type: String
    /// What it happened to.
    package var subject: String?
    package var time: Timestamp
    package var datacontenttype = "application/json"
    /// The W3C trace context, by the distributed tracing extension.
    package var traceparent: String?
    package var data: Data

    package init(type: String, source: String, subject: String? = nil, id: String = Identifier.make("evt"), data: Data) {
        (self.id, self.source, self.type, self.subject, self.data) = (id, source, type, subject, data)
        time = .now()
        traceparent = TraceContext.current?.traceparent
    }
}
