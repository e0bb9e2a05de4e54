package import Primitives

/// A way to write segments down.
package enum SegmentFormat: String, Sendable, Hashable, CaseIterable {
    case json, csv, audacity

    /// As `Content-Type` shows it.
    package var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8"
        case .audacity: "text/plain; charset=utf-8"
        }
    }

    /// Without the dot.
    package var fileExtension: String {
        switch self {
        case .json: "json"
        case .csv: "csv"
        case .audacity: "txt"
        }
    }

    /// The segments in this format, as UTF-8.
    package func render(_ segments: [Segment]) -> Bytes {
        switch self {
        case .json:
            let list: [JSONValue] = segments.map(\.document)
            return JSONValue.object(["segments": .array(list)]).serialized(pretty: true)
        case .csv:
            let names = SegmentKind.allCases.map(\.rawValue)
            let rows = segments.map { segment in
                ([Self.text(segment.start), Self.text(segment.end), segment.kind.rawValue] + segment.probabilities.map(Self.text))
                    .joined(separator: ",")
            }
            let head = (["start_seconds", "end_seconds", "kind"] + names).joined(separator: ",")
            return Bytes(([head] + rows).map { $0 + "\r\n" }.joined().utf8)
        case .audacity:
            // Audacity's label track: start, end, label, separated by tabs.
            return Bytes(
                segments.map { "\(Self.text($0.start))\t\(Self.text($0.end))\t\($0.kind.rawValue)\n" }.joined().utf8)
        }
    }

    private static func text(_ value: Double) -> String { "\(value.rounded(decimals: 3))" }
}

extension Segment {
    /// The segment as a document.
    package var document: JSONValue {
        var members: [String: JSONValue] = [
            "start_seconds": .number(start.rounded(decimals: 3)), "end_seconds": .number(end.rounded(decimals: 3)),
            "kind": .string(kind.rawValue),
        ]
        for (kind, probability) in zip(SegmentKind.allCases, probabilities) {
            members["\(kind.rawValue)_probability"] = .number(probability.rounded(decimals: 3))
        }
        return .object(members)
    }
}
