/// What the router goes by when the choice is left to it.
package enum RoutePreference: String, Sendable, Hashable, CaseIterable {
    /// A good answer at a fair price in fair time.
    case balanced
    /// The lowest expected cost.
    case cheap
    /// The shortest expected time.
    case fast
    /// The highest quality.
    case best

    /// Reads the model field of a request.
    /// - Returns: for `auto`, `auto:cheap`, `auto:fast` and `auto:best`; `nil` for anything else.
    package init?(model: String) {
        guard model != "auto" else {
            self = .balanced
            return
        }
        guard model.hasPrefix("auto:"), let found = Self(rawValue: String(model.dropFirst(5))) else { return nil }
        self = found
    }

    /// For sentences: what the chosen one is among those that can do it.
    var superlative: String {
        switch self {
        case .balanced: "the best balance of quality, cost and speed"
        case .cheap: "the lowest expected cost"
        case .fast: "the shortest expected time"
        case .best: "the highest quality"
        }
    }
}
