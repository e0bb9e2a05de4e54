import Glibc

/// The order in which candidates are tried.
struct RouteOrder {
    /// What is compared, the most important first.
    private struct Keys: Comparable {
        let first: Double
        var second = 0.0
        var third = 0.0

        static func < (a: Keys, b: Keys) -> Bool { (a.first, a.second, a.third) < (b.first, b.second, b.third) }
    }

    let preference: RoutePreference?

    /// Of a named model and its fallbacks: model by model as given, and within a model the best score first.
    func ofNamed(_ candidates: [RouteCandidate]) -> [RouteCandidate] {
        guard candidates.count > 1 else { return candidates }
        var order: [String: Int] = [:]
        for candidate in candidates where order[candidate.model.id] == nil { order[candidate.model.id] = order.count }
        return sorted(candidates) {
            Keys(first: Double(order[$0.model.id] ?? 0), second: $0.deployment.isLocal ? 0 : 1, third: -Self.score($0))
        }
    }

    /// Of all that can take the call.
    func ofFree(_ candidates: [RouteCandidate]) -> [RouteCandidate] {
        switch preference {
        case .cheap: sorted(candidates) { Keys(first: Self.cost($0), second: -Double($0.quality)) }
        case .fast: sorted(candidates) { Keys(first: Self.seconds($0), second: Self.cost($0)) }
        case .best: sorted(candidates) { Keys(first: -Double($0.quality) * (1 - $0.errorRate), second: Self.cost($0)) }
        case .balanced, nil:
            sorted(candidates) {
                Keys(first: $0.deployment.isLocal ? 0 : 1, second: -Self.score($0), third: Self.cost($0))
            }
        }
    }

    /// Lowest keys first; equal ones keep their order.
    private func sorted(_ candidates: [RouteCandidate], by keys: (RouteCandidate) -> Keys) -> [RouteCandidate] {
        guard candidates.count > 1 else { return candidates }
        // Keys and places are sorted, not the candidates: these are large.
        let ranked = candidates.enumerated().map { (keys: keys($0.element), place: $0.offset) }
        return ranked.sorted { ($0.keys, $0.place) < ($1.keys, $1.place) }.map { candidates[$0.place] }
    }

    /// What an answer costs and takes when failed calls are made again elsewhere: each failure costs another attempt.
    private static func attempts(_ candidate: RouteCandidate) -> Double { 1 / max(0.05, 1 - candidate.errorRate) }
    private static func cost(_ candidate: RouteCandidate) -> Double { candidate.expectedCost.dollars * attempts(candidate) }
    private static func seconds(_ candidate: RouteCandidate) -> Double { candidate.expectedSeconds * attempts(candidate) }

    /// 0 to 1. Half quality, three tenths cost, two tenths time; cost and time on scales of tenfold steps, from a thousandth of
    /// a cent to a dollar and from a tenth of a second to a hundred seconds. The scales are absolute, so that whether one model
    /// comes before another never depends on a third.
    static func score(_ candidate: RouteCandidate) -> Double {
        let cost = 1 - min(max(log10(max(Self.cost(candidate), 1e-5) / 1e-5) / 5, 0), 1)
        let time = 1 - min(max(log10(max(seconds(candidate), 0.1) / 0.1) / 3, 0), 1)
        return 0.5 * Double(candidate.quality) / 100 + 0.3 * cost + 0.2 * time
    }
}
