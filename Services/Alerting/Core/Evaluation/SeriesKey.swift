import AnalyticsAPI

/// What tells one series of measurements from others.
struct SeriesKey: Sendable, Hashable {
    let type: String
    let owner: String
    let script: String
    let labels: [Label]

    init(_ measurement: Measurement) {
        (type, owner, script, labels) = (measurement.type, measurement.owner, measurement.script, measurement.labels)
    }

    /// A label's value, `script` and `owner` among them; empty when there is none.
    func value(_ name: String) -> String {
        switch name {
        case "script": script
        case "owner": owner
        default: labels.first { $0.name == name }?.value ?? ""
        }
    }

    func fits(_ selector: AlertRule.Selector) -> Bool {
        selector.metric == type && selector.matchers.allSatisfy { $0.fits(value($0.name)) }
    }
}
