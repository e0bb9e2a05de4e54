package import Primitives
package import Contracts

/// A message on `Subjects.metricTaken`: measurements that the analytics alone were told of.
package enum TakenMessage {
    /// A run's end has a label more than its sender may give.
    private static let reader = EventReader(limits: EventLimits(labelCount: EventLimits().labelCount + 1))

    /// What the analytics tell of a measurement that they have recorded.
    package static func event(of measurement: Measurement) -> MetricEvent {
        MetricEvent(
            run: measurement.run, script: measurement.script, type: measurement.type, value: measurement.value,
            time: measurement.time, owner: measurement.owner,
            labels: measurement.labels.isEmpty
                ? nil : Dictionary(measurement.labels.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last }))
    }

    /// - Parameters:
    ///   - store: names the analytics' database, as one made anew counts from one again.
    ///   - number: counts its messages without a gap.
    package static func id(store: Int64, number: Int64) -> String { "taken-\(store)-\(number)" }

    /// Where a message stands among those of its store, by its identifier: the server forgets identifiers after minutes.
    /// - Returns: `nil` for an identifier of another kind.
    package static func place(id: String?) -> Delivery.Place? {
        let parts = (id ?? "").split(separator: "-")
        guard parts.count == 3, parts[0] == "taken", let number = UInt64(parts[2]) else { return nil }
        return Delivery.Place(stream: "taken-\(parts[1])", sequence: number)
    }

    /// - Parameter now: when the stream took the message.
    package static func read(_ payload: Bytes, now: Timestamp) -> Delivery {
        Delivery(reader.metrics(in: payload, from: .studio, now: now))
    }
}
