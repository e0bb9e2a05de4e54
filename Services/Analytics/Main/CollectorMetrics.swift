import AnalyticsCore
import ServiceRuntime

/// The collector's counts as metrics.
enum CollectorMetrics {
    static func add(_ collector: Collector, to metrics: MetricsRegistry) {
        let counts: [(String, String, any KeyPath<Collector.Counts, Int> & Sendable)] = [
            ("analytics_events_total", "Events recorded.", \.accepted),
            ("analytics_duplicates_total", "Events that had been recorded before.", \.duplicates),
            ("analytics_folded_total", "Events recorded under another name, because too many were used.", \.folded),
            ("analytics_refused_total", "Events that were not fit to be recorded.", \.refused),
            ("analytics_transactions_total", "Transactions in which events were recorded.", \.transactions),
        ]
        for (name, help, path) in counts { metrics.counter(name, help: help) { Double(collector.statistics[keyPath: path]) } }
        metrics.gauge("analytics_waiting", help: "Deliveries that wait to be recorded.") { Double(collector.waiting) }
    }
}
