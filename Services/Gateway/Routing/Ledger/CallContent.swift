package import Primitives

/// What was said in a call whose key has that logged.
package struct CallContent: Sendable, Hashable {
    /// Bytes that are kept of each part: a message of the studio's bus has room for both.
    package static let limit = 64 << 10

    /// The document of the request, as the caller sent it.
    package let prompt: String
    /// The document of the answer; of a stream its text, as far as it came. `nil` when nobody answered.
    package let answer: String?

    /// Longer parts are cut off.
    package init(prompt: Bytes, answer: Bytes?) {
        self.prompt = Self.text(prompt)
        self.answer = answer.map(Self.text)
    }

    private static func text(_ bytes: Bytes) -> String { String(decoding: bytes.prefix(limit), as: UTF8.self) }
}
