import Synchronization

/// The metrics of a process, published in the Prometheus text format 0.0.4.
package final class MetricsRegistry: Sendable {
    private struct Family: Sendable {
        let kind: String
        let help: String
        var series: [String: @Sendable (String, String) -> String] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    package init() {}

    /// A count that only grows. The same name and labels give the same counter's series; keep the counter that you made.
    /// - Parameters:
    ///   - name: ends in `_total` by convention.
    ///   - labels: few values each, never identifiers.
    package func counter(_ name: String, help: String, labels: [(String, String)] = []) -> Counter {
        let counter = Counter()
        add(name, "counter", help, labels) { name, labels in "\(name)\(labels) \(counter.value)\n" }
        return counter
    }

    /// A value that is read whenever the metrics are.
    package func gauge(
        _ name: String, help: String, labels: [(String, String)] = [], _ read: @escaping @Sendable () -> Double
    ) {
        add(name, "gauge", help, labels) { name, labels in "\(name)\(labels) \(read())\n" }
    }

    /// A count kept elsewhere, read whenever the metrics are.
    package func counter(
        _ name: String, help: String, labels: [(String, String)] = [], _ read: @escaping @Sendable () -> Double
    ) {
        add(name, "counter", help, labels) { name, labels in "\(name)\(labels) \(read())\n" }
    }

    /// A distribution over buckets.
    /// - Parameter buckets: upper bounds, rising; the last, infinity, is added.
    package func histogram(
        _ name: String, help: String, labels: [(String, String)] = [], buckets: [Double] = Histogram.requestSeconds
    ) -> Histogram {
        let histogram = Histogram(buckets: buckets)
        add(name, "histogram", help, labels) { name, labels in histogram.text(name, labels) }
        return histogram
    }

    /// The whole exposition.
    package func text() -> String {
        families.withLock { $0 }.sorted { $0.key < $1.key }.map { name, family in
            let series = family.series.sorted { $0.key < $1.key }.map { labels, write in write(name, labels) }.joined()
            return "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind)\n\(series)"
        }.joined()
    }

    private func add(
        _ name: String, _ kind: String, _ help: String, _ labels: [(String, String)],
        _ write: @escaping @Sendable (String, String) -> String
    ) {
        let label = labels.map { "\($0)=\"\(Self.escape($1))\"" }.joined(separator: ",")
        families.withLock { families in
            families[name, default: Family(kind: kind, help: help)].series[label.isEmpty ? "" : "{\(label)}"] = write
        }
    }

    private static func escape(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

/// A count that only grows.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    package var value: Int { count.load(ordering: .relaxed) }

    package func increment(by amount: Int = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }
}

/// A distribution over fixed buckets.
package final class Histogram: Sendable {
    /// Bounds for requests, in seconds.
    package static let requestSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60]

    private struct State {
        var counts: [Int]
        var sum = 0.0
    }

    private let buckets: [Double]
    private let state: Mutex<State>

    init(buckets: [Double]) {
        self.buckets = buckets
        state = Mutex(State(counts: Array(repeating: 0, count: buckets.count + 1)))
    }

    package func observe(_ value: Double) {
        let bucket = buckets.firstIndex { value <= $0 } ?? buckets.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func text(_ name: String, _ labels: String) -> String {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total = 0
        var text = ""
        for (bound, count) in zip(buckets.map { "\($0)" } + ["+Inf"], counts) {
            total += count
            let bucket = labels.isEmpty ? "{le=\"\(bound)\"}" : labels.dropLast() + ",le=\"\(bound)\"}"
            text += "\(name)_bucket\(bucket) \(total)\n"
        }
        return text + "\(name)_sum\(labels) \(sum)\n\(name)_count\(labels) \(total)\n"
    }
}
