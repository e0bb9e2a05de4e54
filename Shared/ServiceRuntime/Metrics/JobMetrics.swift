import Jobs
import Messaging

/// The job road's counts as metrics.
enum JobMetrics {
    static func add(_ jobs: JobService, _ catalogue: OperationCatalogue, to metrics: MetricsRegistry) {
        for operation in catalogue.operations.map(\.name) { add(jobs, operation, to: metrics) }
        let counts: [(String, String, any KeyPath<JobCounts, Int> & Sendable)] = [
            ("jobs_accepted_total", "Jobs accepted.", \.accepted),
            ("jobs_cached_total", "Jobs answered with an earlier result.", \.cached),
            ("jobs_succeeded_total", "Jobs that succeeded.", \.succeeded),
            ("jobs_failed_total", "Jobs that failed.", \.failed),
            ("jobs_cancelled_total", "Jobs that were cancelled.", \.cancelled),
            ("jobs_retried_total", "Attempts that failed and were put back into the queue.", \.retried),
            ("jobs_republished_total", "Orders that had been lost and were sent again.", \.republished),
        ]
        for (name, help, path) in counts {
            metrics.counter(name, help: help) { Double(jobs.statistics[keyPath: path]) }
        }
    }

    private static func add(_ jobs: JobService, _ operation: String, to metrics: MetricsRegistry) {
        let labels = [("operation", operation)]
        metrics.counter("operation_jobs_total", help: "Jobs that workers have ended.", labels: labels) {
            Double(jobs.work(of: operation).jobs.requests)
        }
        metrics.counter("operation_cpu_seconds_total", help: "Processor time of successful jobs.", labels: labels) {
            jobs.work(of: operation).cpuSeconds
        }
        metrics.counter("operation_media_seconds_total", help: "Media that successful jobs worked on.", labels: labels) {
            jobs.work(of: operation).mediaSeconds
        }
        metrics.gauge("operation_real_time_factor", help: "Seconds of work for a second of media.", labels: labels) {
            jobs.work(of: operation).realTimeFactor
        }
    }
}
