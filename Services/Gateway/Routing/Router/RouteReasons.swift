import Primitives

/// Why a decision went as it did, as figures: sentences are made of them when somebody reads them, which is seldom, and not for
/// every call.
struct RouteReasons: Sendable, Hashable {
    /// What the choice follows from.
    enum Ground: String, Sendable {
        /// Nothing can take the call.
        case none
        /// The request names the model, or it stands in for the one named.
        case named, standsIn
        /// Of all that can take the call: the only one, a local one, or the first by preference.
        case only, local, preferred
    }

    /// What is known of the choice.
    struct Choice: Sendable, Hashable {
        let model: String
        let provider: String
        let quality: Int
        let expectedCost: Money
        let worstCost: Money
        /// Microseconds to the end that are likely.
        let expectedMicroseconds: Int
        let isMeasured: Bool
        /// Failed calls of late in a thousand.
        let failed: Int
    }

    let ground: Ground
    /// The model as the request names it.
    let requested: String
    let preference: RoutePreference?
    /// Models that can take the call.
    let modelCount: Int
    let choice: Choice?

    init(_ decision: RouteDecision) {
        requested = decision.request.model
        preference = decision.preference
        choice = decision.choice.map(Choice.init)
        let candidates = decision.candidates
        let isOne = candidates.allSatisfy { $0.model.id == candidates[0].model.id }
        modelCount = isOne ? min(1, candidates.count) : Set(candidates.map(\.model.id)).count
        if let choice = decision.choice {
            if preference == nil {
                let isNamed = choice.model.id == requested || choice.model.aliases.contains(requested)
                ground = isNamed ? .named : .standsIn
            } else {
                ground = modelCount == 1 ? .only : decision.isLocalFirst ? .local : .preferred
            }
        } else {
            ground = .none
        }
    }

    /// For people.
    /// - Parameter fallbacks: the deployments that are tried after the choice.
    func sentences(fallbacks: [String]) -> [String] {
        guard let choice else { return ["no model can take the call"] }
        let among = "of \(modelCount) models that can take the call"
        let first =
            switch ground {
            case .none: "no model can take the call"
            case .named: "the request names \(requested)"
            case .standsIn: "\(requested) can not take the call now; \(choice.model) stands in for it"
            case .only: "\(choice.model) is the only model that can take the call"
            case .local: "\(choice.model) runs on the studio's own machines, which come first; it is one \(among)"
            case .preferred: "\(choice.model) has \(preference?.superlative ?? "the best score") \(among)"
            }
        let next = fallbacks.prefix(3).joined(separator: ", ")
        return [first, choice.sentence] + (next.isEmpty ? [] : ["if it fails before the first byte: \(next)"])
    }
}

extension RouteReasons.Choice {
    init(_ candidate: RouteCandidate) {
        (model, provider, quality) = (candidate.model.id, candidate.deployment.provider, candidate.quality)
        (expectedCost, worstCost, isMeasured) = (candidate.expectedCost, candidate.worstCost, candidate.isMeasured)
        expectedMicroseconds = Int(min(candidate.expectedSeconds * 1e6, 1e15))
        failed = Int((candidate.errorRate * 1000).rounded())
    }

    /// What speaks for it, for people.
    var sentence: String {
        var text = "\(model) at \(provider): quality \(quality) of 100, "
        text += worstCost == .zero ? "free" : "about \(expectedCost) (at most \(worstCost))"
        let seconds = Double(expectedMicroseconds) / 1e6
        text += ", about \(Sentence.seconds(seconds)) \(isMeasured ? "as measured of late" : "as far as known")"
        if failed >= 10 { text += ", \((failed + 5) / 10) % of its calls failed of late" }
        return text
    }
}

/// The reasons as one line of text.
extension RouteReasons {
    /// Parted by tabs; names come last, they can be long.
    var line: String {
        var line = Bytes()
        line.reserveCapacity(128)
        line.append(ground.rawValue)
        Self.add(Int64(modelCount), to: &line)
        Self.add(preference?.rawValue ?? "", to: &line)
        if let choice {
            Self.add(Int64(choice.quality), to: &line)
            Self.add(choice.expectedCost.nanoDollars, to: &line)
            Self.add(choice.worstCost.nanoDollars, to: &line)
            Self.add(Int64(choice.expectedMicroseconds), to: &line)
            Self.add(choice.isMeasured ? 1 : 0, to: &line)
            Self.add(Int64(choice.failed), to: &line)
            Self.add(choice.model, to: &line)
            Self.add(choice.provider, to: &line)
        }
        return String(decoding: line, as: UTF8.self)
    }

    private static func add(_ number: Int64, to line: inout Bytes) {
        line.append(UInt8(ascii: "\t"))
        line.append(decimal: number)
    }

    private static func add(_ text: String, to line: inout Bytes) {
        line.append(UInt8(ascii: "\t"))
        line.append(text)
    }

    /// - Parameter requested: the model as the request named it.
    /// - Returns: `nil` for a line that `line` does not give.
    init?(line: String, requested: String) {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3 || parts.count == 11, let ground = Ground(rawValue: parts[0]), let count = Int(parts[1]) else {
            return nil
        }
        (self.ground, self.requested, modelCount) = (ground, requested, count)
        preference = RoutePreference(rawValue: parts[2])
        guard parts.count == 11 else {
            choice = nil
            return
        }
        let figures = parts[3...8].compactMap { Int64($0) }
        guard figures.count == 6 else { return nil }
        choice = Choice(
            model: parts[9], provider: parts[10], quality: Int(figures[0]), expectedCost: Money(nanoDollars: figures[1]),
            worstCost: Money(nanoDollars: figures[2]), expectedMicroseconds: Int(figures[3]), isMeasured: figures[4] == 1,
            failed: Int(figures[5]))
    }
}
