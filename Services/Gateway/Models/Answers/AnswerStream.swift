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
        guard let (translator, first) = beginning.withLock({ $0.take() }) else { return }
        var (recording, output) = (recording, first)
        func send(_ output: inout Bytes) async throws {
            guard !output.isEmpty else { return }
            recording?.append(output)
            try await write(output)
            output = []
        }
        let iterator = body.makeAsyncIterator()
        do {
            try await send(&output)
            var goesOn = true
            while goesOn {
                let piece = translator.hasEnded ? .success(nil) : await nextPiece(iterator, translator)
                goesOn = try translate(piece, translator, into: &output)
                try await send(&output)
            }
        } catch {
            await readUsage(translator)
            body.cancel()
            await end(translator, .cancelled)
            throw error
        }
        let hasFailed = translator.hasFailed
        if hasFailed { body.cancel() } else { body.discard() }
        let (usage, cost) = await end(translator, hasFailed ? .failed : .answered)
        if !hasFailed, !translator.isFiltered, let pieces = recording?.pieces { await recorded(pieces, usage, cost) }
    }

    // Those that follow are not inlined: what they need is not in the frame in which the stream waits.

    @inline(never)
    private func nextPiece(
        _ iterator: ResponseBodyStream.AsyncIterator, _ translator: StreamTranslator
    ) async -> Result<Bytes?, any Error> {
        do {
            if awaitsUsage(translator) { return .success(try await body.lastPiece(within: StreamTranslator.usageWait)) }
            return .success(try await iterator.next())
        } catch {
            return .failure(error)
        }
    }

    /// Puts a piece into the door's words; where none came, the end of the answer.
    /// - Returns: whether more is to be read.
    /// - Throws: `CancellationError` when the caller has left.
    @inline(never)
    private func translate(
        _ piece: Result<Bytes?, any Error>, _ translator: StreamTranslator, into output: inout Bytes
    ) throws -> Bool {
        do {
            if let piece = try piece.get() {
                try translator.feed(piece, into: &output)
                return true
            }
            translator.finish(into: &output)
        } catch let error as HTTPClientError {
            translator.finish(try Upstream.failure(error, call.candidate.deployment), into: &output)
        } catch let error as ProviderFailure {
            translator.finish(error, into: &output)
        }
        return false
    }

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
    private func readUsage(_ translator: StreamTranslator) async {
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
