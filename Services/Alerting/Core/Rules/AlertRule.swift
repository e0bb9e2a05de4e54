import Primitives

/// What is watched, and when it is an alert.
package struct AlertRule: Sendable, Hashable {
    /// Which measurements: those of one type whose labels fit.
    package struct Selector: Sendable, Hashable {
        package var metric: String
        package var matchers: [LabelMatcher]
    }

    /// What is made of a window's measurements.
    package enum Function: Sendable, Hashable {
        case sum, avg, min, max, count
        /// 0 to 1.
        case quantile(Double)

        private static let known: [(name: String, function: Function)] = [
            ("sum", .sum), ("avg", .avg), ("min", .min), ("max", .max), ("count", .count), ("p50", .quantile(0.5)),
            ("p90", .quantile(0.9)), ("p95", .quantile(0.95)), ("p99", .quantile(0.99)),
        ]
        static let names = known.map(\.name)

        init?(name: String) {
            guard let known = Self.known.first(where: { $0.name == name }) else { return nil }
            self = known.function
        }

        var name: String { Self.known.first { $0.function == self }?.name ?? "" }
    }

    /// How a value is too much or too little.
    package struct Bound: Sendable, Hashable {
        package enum Sign: String, Sendable, Hashable, CaseIterable {
            case above
            case atLeast = "at_least"
            case below
            case atMost = "at_most"
        }

        package var sign: Sign
        package var limit: Double

        package func isBroken(by value: Double) -> Bool {
            switch sign {
            case .above: value > limit
            case .atLeast: value >= limit
            case .below: value < limit
            case .atMost: value <= limit
            }
        }

        /// Whether less data can break it.
        var isLower: Bool { sign == .below || sign == .atMost }
    }

    package enum Kind: Sendable, Hashable {
        /// A function of the window.
        case threshold(Selector, Function, Bound)
        /// Nothing came for as long as the window.
        case absence(Selector)
        /// By how many per cent the window is more than the one before it.
        case change(Selector, Function, Bound)
        /// The sum of the first to the sum of the second, once that is at least `minimum`.
        case ratio(Selector, of: Selector, Bound, minimum: Double)

        package var name: String {
            switch self {
            case .threshold: "threshold"
            case .absence: "absence"
            case .change: "change"
            case .ratio: "ratio"
            }
        }

        package var bound: Bound? {
            switch self {
            case .threshold(_, _, let bound), .change(_, _, let bound), .ratio(_, _, let bound, _): bound
            case .absence: nil
            }
        }
    }

    /// What decides on a rule's windows: when it is the same, they are kept over a change of the file.
    package struct Definition: Sendable, Hashable {
        package var kind: Kind
        /// Each combination of these labels' values is watched by itself.
        package var by: [String]
        package var window: Duration
    }

    package var name: String
    package var definition: Definition
    /// How long it must hold before it fires.
    package var hold: Duration
    /// How long a group that has gone is remembered.
    package var keep: Duration
    package var labels: LabelSet
    package var annotations: [String: Template]
    /// In the file, counted from 1.
    package var line: Int
}

/// What the alerting measures itself: no stream of messages has to be heard for it.
package enum ProbeType {
    /// 1 when a service answers, else 0; by `service`.
    package static let serviceUp = "service_up"
    package static let diskFree = "disk_free_percent"
}

extension AlertRule {
    /// Whether it watches what the alerting measures itself.
    var isOwn: Bool {
        guard case .threshold(let selector, _, _) = definition.kind else { return false }
        return [ProbeType.serviceUp, ProbeType.diskFree].contains(selector.metric)
    }
}
