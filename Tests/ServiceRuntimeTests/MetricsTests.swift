import ServiceRuntime
import Testing

@Suite struct MetricsTests {
    @Test func writesThePrometheusTextFormat() {
        let metrics = MetricsRegistry()
        let jobs = metrics.counter("jobs_total", help: "Jobs.", labels: [("state", "do\"ne")])
        jobs.increment(by: 3)
        metrics.gauge("open", help: "Open.") { 2 }
        let histogram = metrics.histogram("seconds", help: "Time.", buckets: [0.1, 1])
        for value in [0.05, 0.5, 5] { histogram.observe(value) }
        #expect(
            metrics.text() == """
                # HELP jobs_total Jobs.
                # TYPE jobs_total counter
                jobs_total{state="do\\"ne"} 3
                # HELP open Open.
                # TYPE open gauge
                open 2.0
                # HELP seconds Time.
                # TYPE seconds histogram
                seconds_bucket{le="0.1"} 1
                seconds_bucket{le="1.0"} 2
                seconds_bucket{le="+Inf"} 3
                seconds_sum 5.55
                seconds_count 3

                """)
    }
}
