import HTTP
import ModelProtocols
import ModelRouting
import Primitives

extension ModelDispatcher {
    /// Turns texts into vectors.
    /// - Throws: `CallRefused`; `CancellationError` when the caller leaves.
    func embed(_ body: Bytes, for caller: ModelCaller) async throws -> ModelAnswer {
        let request = try EmbeddingDoor.decode(body)
        var traits = RequestTraits()
        traits.textBytes = body.count
        let input = try await counting.run(bytes: body.count) { [traits, counters] in
            InputEstimate(traits, counters: counters) { body }
        }
        var route = RouteRequest(model: request.model, needs: .embeddings, inputTokens: request.mostTokens)
        route.contextTokens = request.longestTokens
        let plan = try await plan(route, for: caller, wishes: RoutingWishes(), input: input, prompt: body)
        let (answer, call) = try await attempt(plan) { candidate, _ in
            let codec = candidate.deployment.codec(for: nil)
            let outgoing = try codec.encode(request, model: candidate.deployment.upstreamModel)
            let response = try await upstream.send(outgoing, to: candidate.deployment, codec: codec, streams: false)
            return try codec.decodeEmbeddings(
                try await Self.collect(response, candidate.deployment, upTo: .mib(256)), for: request)
        }
        var usage = answer.usage
        if usage.input == 0 { usage.input = input.likely }
        let (_, cost) = await close(call, usage: usage, firstToken: nil, .answered)
        var headers = headers(call, cache: nil)
        headers.add("X-AVStudio-Cost", Self.decimal(cost))
        return ModelAnswer(
            mediaType: "application/json", headers: headers, body: .whole(EmbeddingDoor.encode(answer, for: request)))
    }
}
