package import AudioText
package import Primitives

/// Ranges of a recording that a person names: what stays, what goes, or both.
///
/// An edit list that an earlier run has written is such a document, so it can be changed by hand and given back.
package struct RangeDocument: Sendable, Hashable {
    /// What stays; `nil` when everything does but `removed`.
    package let kept: [TimeRange]?
    package let removed: [TimeRange]

    /// Ranges at most; more are no person's work.
    private static let limit = 20_000

    /// - Throws: `EditError.ranges` naming the member that does not fit.
    package init(_ document: JSONValue) throws(EditError) {
        guard case .object(let members) = document else { throw .ranges(path: "", problem: "must be an object") }
        guard members["keep"] != nil || members["remove"] != nil else {
            throw .ranges(path: "", problem: "have to hold keep or remove, a list of start_seconds and end_seconds")
        }
        kept = try members["keep"].map { (value) throws(EditError) in try Self.ranges(value, "keep") }
        removed = try members["remove"].map { (value) throws(EditError) in try Self.ranges(value, "remove") } ?? []
        if let kept, kept.isEmpty { throw .nothingLeft }
    }

    /// What goes of a recording of so many seconds.
    package func cuts(duration: Double) -> [TimeRange] {
        guard let kept else { return removed }
        var cuts = removed
        var position = 0.0
        for range in kept.sorted(by: { $0.start < $1.start }) {
            if range.start > position { cuts.append(TimeRange(start: position, end: range.start)) }
            position = max(position, range.end)
        }
        if position < duration { cuts.append(TimeRange(start: position, end: duration)) }
        return cuts
    }

    private static func ranges(_ value: JSONValue, _ name: String) throws(EditError) -> [TimeRange] {
        guard let elements = value.arrayValue else { throw .ranges(path: name, problem: "must be a list") }
        guard elements.count <= limit else { throw .ranges(path: name, problem: "holds more than \(limit) ranges") }
        var ranges: [TimeRange] = []
        for (index, element) in elements.enumerated() {
            func seconds(_ key: String) throws(EditError) -> Double {
                guard let number = element[key]?.doubleValue, number.isFinite, number >= 0 else {
                    throw .ranges(path: "\(name).\(index).\(key)", problem: "must be a number of seconds, 0 or more")
                }
                return number
            }
            let (start, end) = (try seconds("start_seconds"), try seconds("end_seconds"))
            guard end > start else {
                throw .ranges(path: "\(name).\(index).end_seconds", problem: "must lie after start_seconds")
            }
            ranges.append(TimeRange(start: start, end: end))
        }
        return ranges
    }

    /// JSON Schema of the document.
    package static var schema: JSONValue {
        let seconds: JSONValue = ["type": "number", "minimum": 0, "x-unit": "s"]
        func list(_ what: String) -> JSONValue {
            [
                "type": "array", "description": .string(what), "maxItems": JSONValue(limit),
                "items": [
                    "type": "object", "required": ["start_seconds", "end_seconds"],
                    "properties": ["start_seconds": seconds, "end_seconds": seconds],
                ],
            ]
        }
        return [
            "type": "object", "anyOf": [["required": ["keep"]], ["required": ["remove"]]],
            "properties": ["keep": list("What stays."), "remove": list("What goes.")],
        ]
    }
}
