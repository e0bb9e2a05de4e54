import Primitives

/// What an endpoint has done since it began.
package struct EndpointStatistics: Sendable, Hashable {
    package var requests = 0
    package var errors = 0
    /// The last error's code and message; empty when there was none.
    package var lastError = ""
    package var processingTime = Duration.zero

    package init() {}

    /// Zero before the first request.
    package var averageProcessingTime: Duration { requests > 0 ? processingTime / requests : .zero }
}
