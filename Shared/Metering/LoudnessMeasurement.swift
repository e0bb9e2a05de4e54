package import Primitives

/// What a programme measures by EBU R 128.
package struct LoudnessMeasurement: Sendable, Hashable {
    /// LUFS; `nil` when no block passes the gates.
    package var integrated: Double?
    /// Loudness range, LU.
    package var range: Double
    /// The loudest three seconds, LUFS; `nil` for silence and for less than three seconds.
    package var shortTermMaximum: Double?
    /// The loudest 400 ms, LUFS; `nil` for silence and for less than 400 ms.
    package var momentaryMaximum: Double?
    /// dBTP; `nil` for digital silence.
    package var truePeak: Double?
    /// dBFS; `nil` for digital silence.
    package var samplePeak: Double?

    package init(
        integrated: Double?, range: Double, shortTermMaximum: Double?, momentaryMaximum: Double?, truePeak: Double?,
        samplePeak: Double?
    ) {
        (self.integrated, self.range, self.truePeak, self.samplePeak) = (integrated, range, truePeak, samplePeak)
        (self.shortTermMaximum, self.momentaryMaximum) = (shortTermMaximum, momentaryMaximum)
    }

    /// The document that results carry; values to a thousandth.
    package var document: JSONValue {
        [
            "integrated_lufs": .decibels(integrated), "range_lu": .decibels(range),
            "short_term_max_lufs": .decibels(shortTermMaximum), "momentary_max_lufs": .decibels(momentaryMaximum),
            "true_peak_dbtp": .decibels(truePeak), "sample_peak_dbfs": .decibels(samplePeak),
        ]
    }

    /// The same programme after a gain.
    /// - Parameter gain: dB.
    package func amplified(by gain: Double) -> LoudnessMeasurement {
        var result = self
        result.integrated = integrated.map { $0 + gain }
        result.shortTermMaximum = shortTermMaximum.map { $0 + gain }
        result.momentaryMaximum = momentaryMaximum.map { $0 + gain }
        result.truePeak = truePeak.map { $0 + gain }
        result.samplePeak = samplePeak.map { $0 + gain }
        return result
    }
}

extension JSONValue {
    /// A level rounded to a thousandth; `null` for none and for minus infinity.
    package static func decibels(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        return .number(value.rounded(decimals: 3))
    }
}

extension LoudnessMeasurement {
    /// JSON Schema of `document`.
    package static var schema: JSONValue {
        func level(_ unit: String, _ what: String) -> JSONValue {
            ["type": ["number", "null"], "x-unit": .string(unit), "description": .string(what)]
        }
        return [
            "type": "object",
            "properties": [
                "integrated_lufs": level("LUFS", "Integrated loudness; null when nothing passes the gates."),
                "range_lu": level("LU", "Loudness range."),
                "short_term_max_lufs": level("LUFS", "The loudest three seconds."),
                "momentary_max_lufs": level("LUFS", "The loudest 400 ms."),
                "true_peak_dbtp": level("dBTP", "The highest peak between the samples; null for digital silence."),
                "sample_peak_dbfs": level("dBFS", "The highest sample."),
            ],
        ]
    }
}
