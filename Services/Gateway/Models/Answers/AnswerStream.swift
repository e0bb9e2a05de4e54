import HTTPClient
import ModelProtocols
import ModelRouting
package import Primitives
import Synchronization

/// An answer that comes piece by piece. It begins when its first piece is there, so that a call which fails before can still go
/// elsewhere; from then on it ends here, well or badly.
package final class AnswerStream: Sendable {
    private let dispatcher: ModelDispatcher
    private let call: RunningCall
    private let body: ResponseBodyStream
    private let first: Bytes
    private let firstToken: Double
    private let recording: AnswerRecording?
    private let recorded: @Sendable ([Bytes], TokenUsage, Money) async -> Void
    private let translator: Mutex<StreamTranslator?>

    init(
        _ dispatcher: ModelDispatcher, _ call: RunningCall, _ opening: StreamOpening,
        recorded: (@Sendable ([Bytes], TokenUsage, Money) async -> Void)?
    ) {
        (self.dispatcher, self.call, body) = (dispatcher, call, opening.response.body)
        (first, firstToken) = (opening.first, (opening.arrived - call.sent).seconds)
        recording = recorded == nil ? nil : AnswerRecording(limit: dispatcher.cache.maximumEntrySize)
        self.recorded = recorded ?? { _, _, _ in }
        translator = Mutex(opening.translator)
    }

    deinit {
        // The caller left before the answer began: the reservation charges itself, the circuit must not wait for ever.
        if translator.withLock({ $0 != nil }) { dispatcher.health.report(call.permit, .abandoned) }
    }

    /// Sends the answer. Cancelling the task, as when the caller leaves, ends the call upstream at once; what was used until
    /// then is charged.
    /// - Parameter write: sends bytes and waits for a slow caller; it throws when the caller has left.
    /// - Throws: what `write` throws.
    package func run(_ write: (Bytes) async throws -> Void) async throws {
        guard var translator = translator.withLock({ $0.take() }) else { return }
        var recording = recording
        func send(_ output: Bytes) async throws {
            guard !output.isEmpty else { return }
            recording?.append(output)
            try await write(output)
        }
        let iterator = body.makeAsyncIterator()
        do {
            try await send(first)
            var reason: ProviderFailure?
            while !translator.hasEnded {
                do {
                    guard let chunk = try await iterator.next() else { break }
                    var output = Bytes()
                    try translator.feed(chunk, into: &output)
                    try await send(output)
                } catch let error as HTTPClientError {
                    reason = try Upstream.failure(error, call.candidate.deployment)
                    break
                } catch let error as ProviderFailure {
                    reason = error
                    break
                }
            }
            var output = Bytes()
            translator.finish(reason, into: &output)
            try await send(output)
        } catch {
            body.cancel()
            await end(translator, .cancelled)
            throw error
        }
        if translator.failure == nil { body.discard() } else { body.cancel() }
        let (usage, cost) = await end(translator, translator.failure == nil ? .answered : .failed)
        if translator.failure == nil, let pieces = recording?.pieces { await recorded(pieces, usage, cost) }
    }

    @discardableResult
    private func end(_ translator: StreamTranslator, _ outcome: CallRecord.Outcome) async -> (TokenUsage, Money) {
        var usage = translator.usage ?? ModelUsage(input: call.plan.input.likely)
        // Some providers tell the input at the beginning and the output at the end, which may not have come.
        if translator.usage == nil || outcome == .cancelled {
            usage.output = max(usage.output, InputEstimate.output(translator.answerText, counters: dispatcher.counters))
        }
        return await dispatcher.close(call, usage: usage, firstToken: firstToken, outcome)
    }
}

/// A stream whose first piece is there.
struct StreamOpening: Sendable {
    let response: ClientResponse
    let translator: StreamTranslator
    let first: Bytes
    let arrived: ContinuousClock.Instant
}
