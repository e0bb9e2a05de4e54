package import Primitives

/// The prices of one model over time; each holds until the next one begins.
package struct PriceHistory: Sendable {
    /// By their first moment, earliest first; at least one.
    private let prices: [Price]

    /// - Returns: `nil` when there is no price.
    package init?(_ prices: [Price]) {
        guard !prices.isEmpty else { return nil }
        self.prices = prices.sorted { $0.from < $1.from }
    }

    private init(always price: Price) {
        prices = [price]
    }

    /// What costs nothing.
    package static let free = PriceHistory(always: .free)

    /// The price at a moment; before the first one begins, that first one, because a call is never free for want of a date.
    package func price(at time: Timestamp) -> Price {
        prices.last { $0.from <= time } ?? prices[0]
    }
}
