package import Primitives

/// A call ready to be sent: everything but the base URL and the key.
package struct ProviderCall: Sendable, Hashable {
    /// One header field.
    package struct Header: Sendable, Hashable {
        /// In lower case.
        package var name: String
        /// As it is sent.
        package var value: String

        package init(name: String, value: String) {
            (self.name, self.value) = (name, value)
        }
    }

    /// `POST` or `GET`.
    package var method: String
    /// From the base URL on, with the query, for example `/chat/completions`.
    package var path: String
    /// Lower-case names; the key is not among them.
    package var headers: [Header]
    /// JSON; empty for `GET`.
    package var body: Bytes
    /// What was put in other words than the caller's, or left to the provider's own ways.
    package var adjustments: [Adjustment]

    init(method: String = "POST", path: String, headers: [Header] = [], body: Bytes = [], adjustments: [Adjustment] = []) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.adjustments = adjustments
    }
}

/// A wish that the provider meets in its own way; wishes that it can not meet at all are errors.
package struct Adjustment: Sendable, Hashable, CustomStringConvertible {
    /// The field, as errors name it.
    package var field: String
    /// What was done instead.
    package var explanation: String

    package init(field: String, explanation: String) {
        (self.field, self.explanation) = (field, explanation)
    }

    /// OpenAI takes labels for answers that it keeps, which none are; others know none.
    static func labels(_ profile: ProviderProfile) -> Adjustment {
        Adjustment(field: "metadata", explanation: "\(profile.name) keeps no labels")
    }

    /// Field and explanation.
    package var description: String { "\(field): \(explanation)" }
}
