import HTTP
import HTTPClient
import ModelProtocols
import ModelRouting
import Primitives

extension ModelDispatcher {
    /// Answers a call of a model.
    /// - Throws: `CallRefused`; `CancellationError` when the caller leaves.
    func answer(_ request: DoorRequest, for caller: ModelCaller) async throws -> ModelAnswer {
        let input = try await input(request)
        let plan = try await plan(
            routeRequest(request, input), for: caller, labels: request.labels, wishes: request.wishes, input: input,
            prompt: request.body)
        let entry = cacheEntry(request, plan)
        if let entry, let hit = await cached(entry, plan, request) { return hit }
        return request.stream ? try await streamed(request, plan, entry) : try await whole(request, plan, entry)
    }

    func routeRequest(_ request: DoorRequest, _ input: InputEstimate) -> RouteRequest {
        var route = RouteRequest(model: request.model, needs: request.needs, inputTokens: input.most)
        (route.maximumOutput, route.choices) = (request.maximumTokens, request.choices)
        route.images = request.traits.images
        if request.traits.wantsReasoning || request.traits.forbidsReasoning { route.reasoning = request.traits.wantsReasoning }
        return route
    }

    private func whole(_ request: DoorRequest, _ plan: CallPlan, _ entry: CacheEntry?) async throws -> ModelAnswer {
        let (answer, call) = try await attempt(plan) { try await ask(request, $0, isLast: $1) }
        let usage = answer.usage ?? estimate(plan, answer.text ?? String(decoding: answer.body, as: UTF8.self))
        let (used, cost) = await close(
            call, usage: usage, firstToken: nil, .answered, isWhole: answer.usage != nil, answer: answer.body)
        if let entry, !answer.isFiltered { await keep([answer.body], entry, call, used, cost) }
        var headers = headers(call, adjustments: answer.adjustments, cache: entry == nil ? nil : "miss")
        headers.add("X-AVStudio-Cost", Self.decimal(cost))
        return ModelAnswer(mediaType: "application/json", headers: headers, body: .whole(answer.body))
    }

    private func streamed(_ request: DoorRequest, _ plan: CallPlan, _ entry: CacheEntry?) async throws -> ModelAnswer {
        let (opening, call) = try await attempt(plan) { try await open(request, $0, isLast: $1) }
        var keep: (@Sendable ([Bytes], TokenUsage, Money) async -> Void)?
        if let entry { keep = { [self] pieces, used, cost in await self.keep(pieces, entry, call, used, cost) } }
        return ModelAnswer(
            mediaType: "text/event-stream",
            headers: headers(call, adjustments: opening.adjustments, cache: entry == nil ? nil : "miss"),
            body: .stream(AnswerStream(self, call, opening, recorded: keep)))
    }

    // The next two stand by themselves, not inlined: what they need is not in the frame in which every stream waits for its end.

    /// Asks for a whole answer.
    /// - Parameter isLast: as `attempt` tells it.
    /// - Throws: `ProviderFailure`, `ModelRequestError`, `CancellationError`.
    @inline(never)
    private func ask(_ request: DoorRequest, _ candidate: RouteCandidate, isLast: Bool) async throws -> WholeAnswer {
        let (outgoing, deployment) = (try request.outgoing(to: candidate, isLast: isLast), candidate.deployment)
        let response = try await upstream.send(outgoing.call, to: deployment, codec: outgoing.codec, streams: false)
        return try WholeAnswer(try await Self.collect(response, deployment), outgoing, door: request.door)
    }

    /// Asks for a stream and waits for its first piece, or for the usage of one that its provider has given up.
    /// - Throws: as `ask`, as long as the call can still go elsewhere.
    @inline(never)
    private func open(_ request: DoorRequest, _ candidate: RouteCandidate, isLast: Bool) async throws -> StreamOpening {
        let (outgoing, deployment) = (try request.outgoing(to: candidate, isLast: isLast), candidate.deployment)
        let response = try await upstream.send(outgoing.call, to: deployment, codec: outgoing.codec, streams: true)
        let translator = StreamTranslator(outgoing, door: request.door, context: WholeAnswer.context)
        var output = Bytes()
        let iterator = response.body.makeAsyncIterator()
        while output.isEmpty || translator.hasGivenUp, !translator.hasEnded {
            let chunk: Bytes?
            do {
                chunk =
                    translator.hasGivenUp
                    ? try await response.body.lastPiece(within: StreamTranslator.usageWait) : try await iterator.next()
            } catch let error as HTTPClientError {
                throw try Upstream.failure(error, deployment)
            }
            guard let chunk else {
                translator.finish(into: &output)
                break
            }
            try translator.feed(chunk, into: &output)
        }
        try translator.throwFailure()
        return StreamOpening(response, translator, first: output, outgoing.call.adjustments)
    }

    static func collect(
        _ response: ClientResponse, _ deployment: Deployment, upTo limit: ByteSize = .mib(64)
    ) async throws -> Bytes {
        do {
            return try await response.collect(upTo: limit)
        } catch {
            throw try Upstream.failure(error, deployment)
        }
    }

    /// What an answer used whose provider did not say.
    private func estimate(_ plan: CallPlan, _ text: String) -> ModelUsage {
        ModelUsage(input: plan.input.likely, output: InputEstimate.output(text, counters: counters))
    }

    /// The decision as header fields.
    func headers(_ call: RunningCall, adjustments: [Adjustment] = [], cache: String?) -> HTTPHeaders {
        var headers = Self.headers(call.candidate, call.plan)
        if call.fallbacks > 0 { headers.add("X-AVStudio-Fallbacks", "\(call.fallbacks)") }
        if let cache { headers.add("X-AVStudio-Cache", cache) }
        guard !adjustments.isEmpty else { return headers }
        // Names of fields are the caller's own: only what a header field can hold goes back.
        let text = adjustments.map(\.description).joined(separator: "; ").unicodeScalars.prefix(1024)
        headers.add("X-AVStudio-Adjustments", String(String.UnicodeScalarView(text.filter { (32..<127).contains($0.value) })))
        return headers
    }

    static func headers(_ candidate: RouteCandidate, _ plan: CallPlan) -> HTTPHeaders {
        [
            "X-AVStudio-Model": candidate.model.id, "X-AVStudio-Provider": candidate.deployment.provider,
            "X-AVStudio-Decision": plan.decision.id,
        ]
    }

    /// Dollars with nine digits after the point.
    static func decimal(_ money: Money) -> String {
        var text = Bytes()
        text.append(decimal: money.nanoDollars / 1_000_000_000)
        let point = text.count
        // The digit in front keeps the zeros, and gives its place to the point.
        text.append(decimal: 1_000_000_000 + money.nanoDollars % 1_000_000_000)
        text[point] = UInt8(ascii: ".")
        return String(decoding: text, as: UTF8.self)
    }
}
