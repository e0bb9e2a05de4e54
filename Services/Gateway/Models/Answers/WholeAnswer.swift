import ModelProtocols
import Primitives

/// A whole answer in the words of the door.
struct WholeAnswer: Sendable {
    let body: Bytes
    /// `nil` when the provider does not say.
    let usage: ModelUsage?
    /// What the model said, where the provider does not say what that used.
    let text: String?
    let adjustments: [Adjustment]
    /// Whether a filter has let nothing of it through.
    let isFiltered: Bool

    /// - Throws: `ProviderFailure` when it is a failure after all, or not the provider's protocol.
    init(_ answer: Bytes, _ outgoing: OutgoingCall, door: Door) throws(ProviderFailure) {
        adjustments = outgoing.call.adjustments
        switch outgoing.road {
        case .passing:
            let answer = try PassThroughAnswer(answer, door: door, keepsFiltered: outgoing.keepsFiltered)
            if let failure = answer.failure { throw failure }
            (body, usage, isFiltered) = (answer.body, answer.usage, answer.isFiltered)
            text = usage == nil ? Self.text(passing: answer.body, outgoing.codec) : nil
        case .translating(let request):
            let response = try outgoing.codec.decodeResponse(answer)
            let choices = ChoiceProgress(
                ended: response.choices.map { ($0.finish, $0.parts.allSatisfy(Self.isEmpty)) },
                keepsFiltered: outgoing.keepsFiltered)
            if let failure = choices.failure(usage: response.usage) { throw failure }
            isFiltered = choices.isFiltered
            body = door.encode(response, Self.context(request))
            usage = response.usage
            text = usage == nil ? Self.text(response) : nil
        }
    }

    /// Whether a part says nothing: thoughts that nobody can read.
    private static func isEmpty(_ part: ContentPart) -> Bool {
        if case .reasoning(let reasoning) = part { reasoning.text.isEmpty } else { false }
    }

    /// - Returns: `nil` for an answer that goes on although it is not quite the protocol.
    private static func text(passing body: Bytes, _ codec: ProviderCodec) -> String? {
        do { return text(try codec.decodeResponse(body)) } catch { return nil }
    }

    /// Everything in an answer that is made of output tokens.
    private static func text(_ response: ModelResponse) -> String {
        response.choices.flatMap(\.parts).reduce(into: "") { text, part in
            switch part {
            case .text(let piece): text += piece.text
            case .reasoning(let reasoning): text += reasoning.text
            case .refusal(let refusal): text += refusal
            case .toolCall(let call): text += call.name + call.arguments
            case .image, .audio, .file, .toolResult: break
            }
        }
    }

    /// What the doors put into answers whose providers leave it out.
    static func context(_ request: ModelRequest) -> AnswerContext {
        AnswerContext(request: request, id: Identifier.make("call"), created: Int(Timestamp.now().milliseconds / 1000))
    }
}
