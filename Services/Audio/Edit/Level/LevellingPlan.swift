import Glibc
package import Primitives

/// What a `Leveller` is going to do.
package struct LevellingPlan: Sendable, Hashable {
    /// The gain in dB of each step.
    package let gains: [Double]
    /// Whether a step carries the programme.
    package let activity: [Bool]
    /// What samples are multiplied by.
    package let curve: GainCurve

    init(gains: [Double], activity: [Bool], stepFrames: Int) {
        (self.gains, self.activity) = (gains, activity)
        // A step's gain holds in its middle; between two middles lies a boundary.
        let boundaries = gains.indices.map { $0 == 0 ? gains[0] : (gains[$0 - 1] + gains[$0]) / 2 } + gains.suffix(1)
        curve = GainCurve(stepFrames: stepFrames, gains: boundaries.map { Float(pow(10, $0 / 20)) })
    }

    /// The share of the programme that is speech or as loud, from 0 to 1.
    package var activeShare: Double {
        activity.isEmpty ? 0 : Double(activity.count { $0 }) / Double(activity.count)
    }

    /// The plan in numbers, over what carries the programme.
    package var document: JSONValue {
        let active = zip(gains, activity).filter(\.1).map(\.0).sorted()
        func percentile(_ share: Double) -> JSONValue {
            guard !active.isEmpty else { return .number(0) }
            return .number(active[Int((share * Double(active.count - 1)).rounded())].rounded(decimals: 2))
        }
        return [
            "lowest_db": percentile(0), "tenth_percentile_db": percentile(0.1), "median_db": percentile(0.5),
            "ninetieth_percentile_db": percentile(0.9), "highest_db": percentile(1),
            "active_share": .number(activeShare.rounded(decimals: 3)),
        ]
    }

    /// JSON Schema of `document`.
    package static var documentSchema: JSONValue {
        func gain(_ what: String) -> JSONValue { ["type": "number", "x-unit": "dB", "description": .string(what)] }
        return [
            "type": "object", "description": "The gain while somebody speaks or something is as loud as speech.",
            "properties": [
                "lowest_db": gain("The strongest cut."), "tenth_percentile_db": gain("A tenth lies under it."),
                "median_db": gain("Half lies under it."), "ninetieth_percentile_db": gain("A tenth lies over it."),
                "highest_db": gain("The strongest boost."),
                "active_share": ["type": "number", "description": "The part of the time that counts, from 0 to 1."],
            ],
        ]
    }
}
