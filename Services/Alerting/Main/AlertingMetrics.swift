import AlertingCore
import ServiceRuntime

/// The center's figures as metrics.
enum AlertingMetrics {
    static func add(_ center: AlertCenter, to metrics: MetricsRegistry) {
        let board = center.figures
        metrics.counter("alerting_rounds_total", help: "Times that the rules were judged.") { Double(board.current.rounds) }
        metrics.counter("alerting_measurements_total", help: "Measurements taken.") { Double(board.current.measurements) }
        metrics.counter("alerting_evaluation_cpu_seconds_total", help: "Processor time of measurements and rules.") {
            board.current.cpuSeconds
        }
        metrics.gauge("alerting_series", help: "Series whose way is remembered.") { Double(board.current.series) }
        metrics.gauge("alerting_groups", help: "Groups of rules that are watched.") { Double(board.current.groups) }
        metrics.gauge("alerting_turned_away", help: "How often a group was not watched: its rule had too many.") {
            Double(board.current.turnedAway)
        }
    }
}
