import ModelProtocols
import Primitives

/// A whole answer in the words of the door.
struct WholeAnswer: Sendable {
    let body: Bytes
    /// `nil` when the provider does not say.
    let usage: ModelUsage?
    /// What the model said, where the answer was read.
    let text: String?
    let adjustments: [Adjustment]

    /// - Throws: `ProviderFailure` when it is a failure after all, or not the provider's protocol.
    init(_ answer: Bytes, _ outgoing: OutgoingCall, door: Door) throws(ProviderFailure) {
        adjustments = outgoing.call.adjustments
        switch outgoing.road {
        case .passing:
            let answer = try PassThroughAnswer(answer, door: door)
            (body, usage, text) = (answer.body, answer.usage, nil)
        case .translating(let request):
            let response = try outgoing.codec.decodeResponse(answer)
            body = door.encode(response, Self.context(request))
            (usage, text) = (response.usage, response.choices.map(\.parts.plainText).joined())
        }
    }

    /// What the doors put into answers whose providers leave it out.
    static func context(_ request: ModelRequest) -> AnswerContext {
        AnswerContext(request: request, id: Identifier.make("call"), created: Int(Timestamp.now().milliseconds / 1000))
    }
}
