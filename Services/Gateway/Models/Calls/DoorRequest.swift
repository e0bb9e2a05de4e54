package import ModelProtocols
import ModelRouting
package import Primitives
import Tokenization

/// A call as it came through a door. It is only taken apart when it goes to a provider of another protocol.
package final class DoorRequest: Sendable {
    package let door: Door
    /// The model as the caller named it.
    package let model: String
    /// Whether the answer should come piece by piece.
    package let stream: Bool
    let maximumTokens: Int?
    let choices: Int
    let traits: RequestTraits
    let wishes: RoutingWishes
    let labels: CallLabels
    let body: Bytes
    /// What a caller of Anthropic's door asks beside the body.
    let betas: AnthropicBetas
    private let passThrough: PassThroughRequest?
    private let decoded: ModelRequest?

    /// - Parameters:
    ///   - stream: overrides what the body says.
    ///   - betas: what a caller of Anthropic's door asks beside the body.
    /// - Throws: `ModelRequestError` naming the field that does not fit.
    package init(
        _ body: Bytes, door: Door, stream: Bool? = nil, betas: AnthropicBetas = AnthropicBetas([])
    ) throws(ModelRequestError) {
        (self.door, self.body, self.betas) = (door, body, betas)
        var wishes = RoutingWishes()
        if door == .plain {
            var request = try door.decode(body)
            try wishes.take(from: &request.extensions)
            request.stream = stream ?? request.stream
            (model, self.stream, maximumTokens) = (request.model, request.stream, request.maximumTokens)
            (choices, traits, decoded, passThrough) = (request.choices, request.traits, request, nil)
            labels = CallLabels(metadata: request.metadata?.node)
        } else {
            let request = try PassThroughRequest(body, door: door)
            (model, self.stream, maximumTokens) = (request.model, request.stream, request.maximumTokens)
            (choices, traits, decoded, passThrough) = (request.choices, request.traits, nil, request)
            labels = CallLabels(metadata: request.metadata)
        }
        self.wishes = wishes
    }

    /// The call in the canonical form.
    /// - Throws: `ModelRequestError` naming the field that does not fit.
    func canonical() throws(ModelRequestError) -> ModelRequest {
        if let decoded { return decoded }
        return try door.decode(body)
    }

    /// The call for a deployment, and the way its answer is read.
    /// - Throws: `ModelRequestError` when the deployment's protocol has no words for the call.
    /// - Parameter isLast: whether nobody else is asked when the candidate's filter lets nothing through.
    @inline(never)
    func outgoing(to candidate: RouteCandidate, isLast: Bool = false) throws(ModelRequestError) -> OutgoingCall {
        let (deployment, codec) = (candidate.deployment, candidate.codec(for: door))
        if let passThrough, passThrough.fits(codec.profile) {
            var call = passThrough.call(model: deployment.upstreamModel, profile: codec.profile)
            if let passed = betas.passed { call.headers.append(ProviderCall.Header(name: "anthropic-beta", value: passed)) }
            if let adjustment = betas.adjustment { call.adjustments.append(adjustment) }
            return OutgoingCall(call: call, codec: codec, road: .passing(passThrough), keepsFiltered: isLast)
        }
        let request = try canonical()
        var call = try codec.encode(request, model: deployment.upstreamModel)
        if betas.passed != nil || betas.adjustment != nil {
            call.adjustments.append(Adjustment(field: "anthropic-beta", explanation: "only Anthropic has betas"))
        }
        return OutgoingCall(call: call, codec: codec, road: .translating(request), keepsFiltered: isLast)
    }

    /// How many tokens the input has, about.
    func input(_ counters: TokenCounters) -> InputEstimate {
        InputEstimate(traits, counters: counters) { traits.usesMedia ? bodyWithoutMedia : body }
    }

    private var bodyWithoutMedia: Bytes {
        // It has been read once already.
        do { return try JSONTape(parsing: body).withoutMedia } catch { return body }
    }

    /// What a model must be able to do for this call.
    var needs: Capabilities {
        var needs: Capabilities = .chat
        if stream { needs.insert(.streaming) }
        if traits.usesTools { needs.insert(.tools) }
        if traits.images > 0 { needs.insert(.images) }
        if traits.audioSeconds > 0 { needs.insert(.audio) }
        if traits.wantsSchema { needs.insert(.json) }
        return needs
    }
}

/// A call in a provider's words.
final class OutgoingCall: Sendable {
    enum Road: Sendable {
        /// Request and answer go on as they are.
        case passing(PassThroughRequest)
        /// The answer is put into the words of the door.
        case translating(ModelRequest)
    }

    let call: ProviderCall
    let codec: ProviderCodec
    let road: Road
    /// Whether the caller gets an answer of which a filter has let nothing through, as the provider gave it.
    let keepsFiltered: Bool

    init(call: ProviderCall, codec: ProviderCodec, road: Road, keepsFiltered: Bool = false) {
        (self.call, self.codec, self.road, self.keepsFiltered) = (call, codec, road, keepsFiltered)
    }
}
