/// How a deployment does at one moment.
package struct HealthReading: Sendable {
    /// Whether it may be called.
    package enum Availability: Sendable, Hashable {
        case ready
        /// It failed; nothing is sent for so many seconds.
        case circuitOpen(seconds: Double)
        /// It asked for patience; nothing is sent for so many seconds.
        case rateLimited(seconds: Double)
        /// It runs on machines of one's own, and does not run now.
        case absent
    }

    package var availability: Availability
    /// Share of failed calls of late, 0 to 1.
    package var errorRate: Double
    /// Seconds to the first token: the median and the 90th percentile.
    package var firstToken: (median: Double, high: Double)?
    /// Seconds for each further token, likewise.
    package var perToken: (median: Double, high: Double)?
    /// Mean number of tokens in an answer; 0 when nothing is known.
    package var meanOutput: Double

    /// Seconds for each token of a whole answer, what passes before the first one shared among all: the pace of models that think
    /// before it. `nil` while nothing is measured.
    package var secondsPerToken: Double? {
        guard let perToken else { return nil }
        return perToken.median + (firstToken?.median ?? 0) / max(1, meanOutput)
    }

    /// A deployment of which nothing is known.
    package static let unknown = HealthReading(availability: .ready, errorRate: 0, meanOutput: 0)

    package init(
        availability: Availability, errorRate: Double, firstToken: (median: Double, high: Double)? = nil,
        perToken: (median: Double, high: Double)? = nil, meanOutput: Double
    ) {
        (self.availability, self.errorRate, self.meanOutput) = (availability, errorRate, meanOutput)
        (self.firstToken, self.perToken) = (firstToken, perToken)
    }
}
