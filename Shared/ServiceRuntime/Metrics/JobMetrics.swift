import Jobs

/// The job road's counts as metrics.
enum JobMetrics {
    static func add(_ jobs: JobService, to metrics: MetricsRegistry) {
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
}
