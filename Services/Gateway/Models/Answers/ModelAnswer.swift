package import HTTP
package import Primitives

/// What a caller gets.
package struct ModelAnswer: Sendable {
    package enum Body: Sendable {
        case whole(Bytes)
        case stream(AnswerStream)
    }

    package var mediaType: String
    /// The decision and what it cost, as header fields.
    package var headers: HTTPHeaders
    package var body: Body
}
