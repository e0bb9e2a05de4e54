import Media
import Metering
import Primitives

/// The measurements that `audio.normalize` gives.
enum NormalizationDocument {
    static func make(_ outcome: Normalizer.Outcome, _ parameters: NormalizeOperation.Parameters, _ target: AudioTarget) -> JSONValue
    {
        let (plan, wanted) = (outcome.plan, parameters.target)
        let miss = outcome.after.integrated.map { abs($0 - wanted.integrated) } ?? .infinity
        var document: [String: JSONValue] = [
            "preset": parameters.integrated == nil ? .string(parameters.preset.rawValue) : .null,
            "target": ["integrated_lufs": .number(wanted.integrated), "true_peak_dbtp": .number(wanted.truePeak)],
            "before": outcome.before.document,
            "after": outcome.after.document,
            "after_basis": .string(outcome.basis.rawValue),
            "gain_db": .decibels(plan.gain),
            "mode": plan.curve == nil ? "linear" : "limited",
            "target_reached": .bool(miss <= Normalizer.tolerance),
            "duration_seconds": .number(outcome.duration.rounded(decimals: 3)),
            "output": target.document,
        ]
        if let curve = plan.curve {
            document["limiter"] = [
                "maximum_reduction_db": .decibels(-Loudness.decibels(Double(curve.deepest))),
                "engaged_share": .number((curve.engaged * 10_000).rounded() / 10_000),
            ]
        }
        if let sentence = sentence(plan.obstacle) { document["target_missed_because"] = .string(sentence) }
        return .object(document)
    }

    private static func sentence(_ obstacle: NormalizationPlan.Obstacle?) -> String? {
        switch obstacle {
        case .reduction: "the highest peak would have to be lowered by more than \(Int(NormalizationPlan.maximumReduction)) dB"
        case .loss: "the limiter would take away more than \(Int(NormalizationPlan.maximumLoss)) LU, half of the power"
        case nil: nil
        }
    }

    /// JSON Schema of the document.
    static var schema: JSONValue {
        [
            "type": "object",
            "required": [
                "target", "before", "after", "after_basis", "gain_db", "mode", "target_reached", "duration_seconds", "output",
            ],
            "properties": [
                "preset": ["type": ["string", "null"], "description": "The preset used; null for a free target."],
                "target": [
                    "type": "object",
                    "properties": ["integrated_lufs": ["type": "number"], "true_peak_dbtp": ["type": "number"]],
                ],
                "before": LoudnessMeasurement.schema,
                "after": LoudnessMeasurement.schema,
                "after_basis": [
                    "enum": ["computed", "measured", "decoded"],
                    "description": """
                    computed: before plus the gain, which is exact for a gain alone; measured: the samples written; decoded: the lossy \
                    file, decoded again.
                    """,
                ],
                "gain_db": ["type": "number", "x-unit": "dB"],
                "mode": ["enum": ["linear", "limited"], "description": "Whether the gain is all that happened."],
                "limiter": [
                    "type": "object",
                    "properties": [
                        "maximum_reduction_db": ["type": "number", "x-unit": "dB"],
                        "engaged_share": ["type": "number", "description": "The part of the time in which it did something."],
                    ],
                ],
                "target_reached": ["type": "boolean", "description": "Whether the result is within 0.1 LU of the target."],
                "target_missed_because": ["type": "string"],
                "duration_seconds": ["type": "number", "x-unit": "s"],
                "output": AudioTarget.documentSchema,
            ],
        ]
    }
}
