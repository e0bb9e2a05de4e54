import ModelProtocols
import Primitives

/// Turns the bytes of a provider's stream into those of the door's.
struct StreamTranslator: Sendable {
    /// What is kept of a stream to count it by, should its provider tell no usage.
    private static let keptBytes = 4 << 20

    private(set) var usage: ModelUsage?
    private(set) var failure: ProviderFailure?
    /// Whether the provider has said why the answer ended.
    private(set) var hasFinished = false
    /// Whether the usage is all of the answer's.
    private(set) var isUsageFinal = false
    // One of the two is there. As an enumeration every piece would copy what it holds.
    private var passing: PassThroughStream?
    private var translating: (decoder: ProviderStreamDecoder, encoder: DoorStreamEncoder)?
    private var events: [ModelStreamEvent] = []
    private var text = ""

    init(_ outgoing: OutgoingCall, door: Door, context: (ModelRequest) -> AnswerContext) {
        switch outgoing.road {
        case .passing(let request): passing = PassThroughStream(request)
        case .translating(let request): translating = (outgoing.codec.streamDecoder(), door.streamEncoder(context(request)))
        }
    }

    /// Whether the provider said that this was all, or failed.
    var hasEnded: Bool { passing?.hasEnded ?? (translating?.decoder.hasEnded ?? true || failure != nil) }

    /// Takes the next piece of the provider's stream.
    /// - Parameter output: gets what the caller should see.
    /// - Throws: `ProviderFailure` when it is not the provider's protocol.
    mutating func feed(_ chunk: Bytes, into output: inout Bytes) throws(ProviderFailure) {
        if passing != nil {
            try passing?.feed(chunk, into: &output)
            (usage, failure) = (passing?.usage, passing?.failure)
            (hasFinished, isUsageFinal) = (passing?.finish != nil, passing?.isUsageFinal ?? false)
        } else {
            events.removeAll(keepingCapacity: true)
            try translating?.decoder.feed(chunk, into: &events)
            pass(into: &output)
        }
    }

    /// The provider's bytes have ended, well or not.
    /// - Parameter reason: why they ended early.
    mutating func finish(_ reason: ProviderFailure? = nil, into output: inout Bytes) {
        if passing != nil {
            passing?.finish(into: &output)
            failure = failure ?? reason ?? passing?.failure
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

    /// The text that the caller has been sent, as far as it is known.
    var answerText: String { passing?.text ?? text }

    private mutating func pass(into output: inout Bytes) {
        var failed: ProviderFailure?
        for event in events {
            switch event {
            case .finish(let reason, _) where reason.kind == .failed:
                // What follows may be the usage; the caller is told when it has been read.
                (hasFinished, failed) = (true, failed ?? reason.providerFailure)
                continue
            case .usage(let usage): (self.usage, isUsageFinal) = (usage, hasFinished)
            case .finish: hasFinished = true
            case .failure(let failure): self.failure = failure
            default: if text.utf8.count < Self.keptBytes { text += event.charged }
            }
            translating?.encoder.encode(event, into: &output)
        }
        guard let failed, failure == nil else { return }
        failure = failed
        translating?.encoder.encode(.failure(failed), into: &output)
    }
}
