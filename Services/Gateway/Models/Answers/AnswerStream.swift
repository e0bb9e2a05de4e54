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
    private let recording: AnswerRecording?
    private let recorded: @Sendable ([Bytes], TokenUsage, Money) async -> Void
    /// What is to be sent, until it is.
    private let beginning: Mutex<(translator: StreamTranslator, first: Bytes)?>

    init(
        _ dispatcher: ModelDispatcher, _ call: RunningCall, _ opening: StreamOpening,
        recorded: (@Sendable ([Bytes], TokenUsage, Money) async -> Void)?
    ) {
        (self.dispatcher, self.call, body) = (dispatcher, call, opening.response.body)
        recording = recorded == nil ? nil : AnswerRecording(limit: dispatcher.cache.maximumEntrySize)
        self.recorded = recorded ?? { _, _, _ in }
        beginning = Mutex((opening.translator, opening.first))
    }

    deinit {
        // The caller left before the answer began.
        guard let (translator, _) = beginning.withLock({ $0.take() }) else { return }
        dispatcher.left(call, usage: usage(translator), isWhole: translator.isUsageFinal, answer: Bytes(translator.answerText.utf8))
    }

    /// Sends the answer. Cancelling the task, as when the caller leaves, ends the call upstream at once; what was used until
    /// then is charged. Only the usage of an answer that has ended is still waited for a moment when the model may have thought
    /// what nobody has seen; where it does not come, such a call is charged what it can have thought in its time.
    /// - Parameter write: sends bytes and waits for a slow caller; it throws when the caller has left.
    /// - Throws: what `write` throws.
    package func run(_ write: (Bytes) async throws -> Void) async throws {
        guard var (translator, output) = beginning.withLock({ $0.take() }) else { return }
        var recording = recording
        func send(_ output: inout Bytes) async throws {
            guard !output.isEmpty else { return }
            recording?.append(output)
            try await write(output)
            output = []
        }
        let iterator = body.makeAsyncIterator()
        do {
            try await send(&output)
            var reason: ProviderFailure?
            while !translator.hasEnded {
                do {
                    let next: Bytes?
                    if awaitsUsage(translator) {
                        next = try await body.lastPiece(within: StreamTranslator.usageWait)
                    } else {
                        next = try await iterator.next()
                    }
                    guard let chunk = next else { break }
                    try translator.feed(chunk, into: &output)
                    try await send(&output)
                } catch let error as HTTPClientError {
                    reason = try Upstream.failure(error, call.candidate.deployment)
                    break
                } catch let error as ProviderFailure {
                    reason = error
                    break
                }
            }
            translator.finish(reason, into: &output)
            try await send(&output)
        } catch {
            await readUsage(&translator)
            body.cancel()
            await end(translator, .cancelled)
            throw error
        }
        if translator.failure == nil { body.discard() } else { body.cancel() }
        let (usage, cost) = await end(translator, translator.failure == nil ? .answered : .failed)
        if translator.failure == nil, !translator.isFiltered, let pieces = recording?.pieces { await recorded(pieces, usage, cost) }
    }

    // Not inlined: what it needs is not in the frame in which the stream waits.
    @inline(never)
    @discardableResult
    private func end(_ translator: StreamTranslator, _ outcome: CallRecord.Outcome) async -> (TokenUsage, Money) {
        let answer = call.plan.prompt == nil ? nil : Bytes(translator.answerText.utf8)
        let firstToken = translator.firstOutput.map { ($0 - call.sent).seconds }
        return await dispatcher.close(
            call, usage: usage(translator), firstToken: firstToken, outcome, failure: translator.failure,
            isWhole: translator.isUsageFinal, answer: answer)
    }

    /// Whether the answer has ended, and what is still to come tells thoughts that nobody has seen, or what was used in vain.
    private func awaitsUsage(_ translator: StreamTranslator) -> Bool {
        translator.hasFinished && !translator.isUsageFinal && !translator.hasEnded
            && (call.hidesReasoning || translator.hasGivenUp)
    }

    /// Reads on for a caller who has left.
    @inline(never)
    private func readUsage(_ translator: inout StreamTranslator) async {
        var ignored = Bytes()
        do {
            while awaitsUsage(translator), let chunk = try await body.lastPiece(within: StreamTranslator.usageWait) {
                try translator.feed(chunk, into: &ignored)
            }
        } catch {
            // Then it has not told: what it can have thought is charged.
        }
    }

    private func usage(_ translator: StreamTranslator) -> ModelUsage {
        var usage = translator.usage ?? ModelUsage(input: call.plan.input.likely)
        // Some providers tell the input at the beginning and the output at the end, which may not have come.
        if !translator.isUsageFinal {
            usage.output = max(usage.output, InputEstimate.output(translator.answerText, counters: dispatcher.counters))
        }
        return usage
    }
}

/// A stream whose first piece is there.
final class StreamOpening: Sendable {
    let response: ClientResponse
    let translator: StreamTranslator
    let first: Bytes
    let adjustments: [Adjustment]

    init(_ response: ClientResponse, _ translator: StreamTranslator, first: Bytes, _ adjustments: [Adjustment]) {
        (self.response, self.translator, self.first, self.adjustments) = (response, translator, first, adjustments)
    }
}
