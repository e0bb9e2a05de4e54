import ModelProtocols
import Primitives

/// Turns the bytes of a provider's stream into those of the door's. A class, as all that a stream carries along: its parts would
/// be in the frame of every step that it is handed to.
// Safe to share: one task has it at a time, first the one that opens the stream, then the one that reads it.
final class StreamTranslator: @unchecked Sendable {
    /// How long a provider may take to tell the usage of an answer that it has ended: it does so at once.
    static let usageWait = Duration.seconds(3)
    /// What is kept of a stream to count it by, should its provider tell no usage.
    private static let keptBytes = 4 << 20

    /// When the first text, thought or call of a tool came, or without any the end of an answer.
    private(set) var firstOutput: ContinuousClock.Instant?
    private(set) var usage: ModelUsage?
    private(set) var failure: ProviderFailure?
    @inline(never) var hasFailed: Bool { failure != nil }
    /// Whether the usage is all of the answer's.
    private(set) var isUsageFinal = false
    // One of the two is there. As an enumeration every piece would copy what the second holds.
    private let passing: PassThroughStream?
    private var translating: (decoder: ProviderStreamDecoder, encoder: DoorStreamEncoder)?
    private var events: [ModelStreamEvent] = []
    private var choices = ChoiceProgress(asked: 1)
    /// Ends of answers that the provider gave up, until another is one.
    private var held: [ModelStreamEvent] = []
    private var text = ""

    // What follows is not inlined: what it needs is not in the frame of a stream that waits.

    @inline(never)
    init(_ outgoing: OutgoingCall, door: Door, context: (ModelRequest) -> AnswerContext) {
        switch outgoing.road {
        case .passing(let request): passing = PassThroughStream(request, keepsFiltered: outgoing.keepsFiltered)
        case .translating(let request):
            passing = nil
            translating = (outgoing.codec.streamDecoder(), door.streamEncoder(context(request)))
            choices = ChoiceProgress(asked: request.choices, keepsFiltered: outgoing.keepsFiltered)
        }
    }

    /// Whether the provider has said why each of the answers ended.
    @inline(never) var hasFinished: Bool { passing?.areFinished ?? choices.areFinished }
    /// Whether none of them is one: the caller is told when the usage has come, or nothing more.
    @inline(never) var hasGivenUp: Bool { passing?.hasGivenUp ?? (choices.areFinished && choices.surrender != nil) }

    /// Whether a filter has let nothing of one of them through.
    @inline(never) var isFiltered: Bool { passing?.isFiltered ?? choices.isFiltered }

    /// Whether the provider said that this was all, or failed.
    @inline(never) var hasEnded: Bool { passing?.hasEnded ?? (translating?.decoder.hasEnded ?? true || failure != nil) }

    /// Takes the next piece of the provider's stream.
    /// - Parameter output: gets what the caller should see.
    /// - Throws: `ProviderFailure` when it is not the provider's protocol.
    @inline(never)
    func feed(_ chunk: Bytes, into output: inout Bytes) throws(ProviderFailure) {
        if let passing {
            try passing.feed(chunk, into: &output)
            (usage, failure, isUsageFinal) = (passing.usage, passing.failure, passing.isUsageFinal)
        } else {
            events.removeAll(keepingCapacity: true)
            try translating?.decoder.feed(chunk, into: &events)
            pass(into: &output)
            // Nobody else can be asked then, and the stream ends as its provider ends it.
            if !output.isEmpty, choices.surrender == nil { choices.keepsFiltered = true }
        }
        if firstOutput == nil, !answerText.isEmpty || passing?.hasFinished ?? choices.hasFinished { firstOutput = .now }
    }

    /// The provider's bytes have ended, well or not.
    /// - Parameter reason: why they ended early.
    @inline(never)
    func finish(_ reason: ProviderFailure? = nil, into output: inout Bytes) {
        if let passing {
            passing.finish(into: &output)
            failure = failure ?? reason ?? passing.failure
        } else {
            events.removeAll(keepingCapacity: true)
            if let reason {
                events.append(.failure(reason))
            } else {
                do { try translating?.decoder.finish(into: &events) } catch { events.append(.failure(error)) }
            }
            pass(into: &output)
        }
    }

    /// - Throws: the failure that the provider told, with the usage that it told beside it.
    @inline(never)
    func throwFailure() throws {
        guard var failure else { return }
        failure.usage = usage
        throw failure
    }

    /// The text that the caller has been sent, as far as it is known.
    var answerText: String { passing?.text ?? text }

    private func pass(into output: inout Bytes) {
        for event in events where failure == nil {
            switch event {
            case .finish(let reason, let choice):
                choices.finish(choice, reason, isEmpty: !choices.hasSpoken(choice, of: text))
                held.append(event)
                if choices.surrender == nil { writeHeld(into: &output) }
            case .usage(let usage):
                (self.usage, isUsageFinal) = (usage, choices.areFinished)
                translating?.encoder.encode(event, into: &output)
                if isUsageFinal, let surrender = choices.surrender { fail(surrender, into: &output) }
            case .end:
                isUsageFinal = usage != nil && choices.hasFinished
                if let surrender = choices.surrender { return fail(surrender, into: &output) }
                translating?.encoder.encode(event, into: &output)
            case .failure(let failure): fail(choices.surrender ?? failure, into: &output)
            default:
                let piece = event.charged
                if text.utf8.count < Self.keptBytes { text += piece }
                if let choice = event.choice { choices.begin(choice, says: !piece.isEmpty) }
                translating?.encoder.encode(event, into: &output)
            }
        }
    }

    private func fail(_ failure: ProviderFailure, into output: inout Bytes) {
        self.failure = failure
        translating?.encoder.encode(.failure(failure), into: &output)
    }

    private func writeHeld(into output: inout Bytes) {
        for event in held { translating?.encoder.encode(event, into: &output) }
        held.removeAll(keepingCapacity: true)
    }
}
