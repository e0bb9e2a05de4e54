import Primitives

/// What all checks say of a video.
struct CheckReport {
    /// A form that it is written in.
    enum Format: String, CaseIterable, Sendable {
        case json, csv, text

        var fileExtension: String { self == .text ? "txt" : rawValue }
        var mediaType: String {
            switch self {
            case .json: "application/json"
            case .csv: "text/csv"
            case .text: "text/plain"
            }
        }
    }

    /// Findings of a check that job results tell; the files hold all.
    private static let most = 20

    /// What the video is called.
    let name: String
    /// Seconds.
    let duration: Double
    /// Frames that were looked at.
    let frames: Int
    let results: [CheckResult]

    var verdict: CheckResult.Verdict { results.contains { $0.verdict == .fail } ? .fail : .pass }

    func render(_ format: Format) -> Bytes {
        switch format {
        case .json: document(findings: .max).serialized(pretty: true)
        case .csv: Bytes(table.utf8)
        case .text: Bytes(text.utf8)
        }
    }

    /// The measurements of the job's result.
    var measurements: JSONValue { document(findings: Self.most) }

    private func document(findings most: Int) -> JSONValue {
        let checks = results.map { result -> JSONValue in
            let findings = result.findings.prefix(most).map { finding -> JSONValue in
                [
                    "start_seconds": .number(finding.start.rounded(decimals: 3)),
                    "end_seconds": .number(finding.end.rounded(decimals: 3)), "note": .string(finding.note),
                ]
            }
            return [
                "check": .string(result.check.rawValue), "verdict": .string(result.verdict.rawValue),
                "found": JSONValue(result.findings.count), "findings": .array(findings), "measures": .object(result.measures),
            ]
        }
        return [
            "verdict": .string(verdict.rawValue), "duration_seconds": .number(duration.rounded(decimals: 3)),
            "frames": JSONValue(frames), "checks": .array(checks),
        ]
    }

    static var schema: JSONValue {
        let verdict: JSONValue = ["enum": ["pass", "fail", "skipped"]]
        return [
            "type": "object", "required": ["verdict", "duration_seconds", "checks"],
            "properties": [
                "verdict": verdict, "duration_seconds": ["type": "number", "x-unit": "s"], "frames": ["type": "integer"],
                "checks": [
                    "type": "array",
                    "items": [
                        "type": "object", "required": ["check", "verdict", "found", "findings", "measures"],
                        "properties": [
                            "check": ["enum": .array(VideoCheck.allCases.map { .string($0.rawValue) })], "verdict": verdict,
                            "found": ["type": "integer"], "measures": ["type": "object"],
                            "findings": [
                                "type": "array", "maxItems": JSONValue(most),
                                "items": [
                                    "type": "object",
                                    "properties": [
                                        "start_seconds": ["type": "number", "x-unit": "s"],
                                        "end_seconds": ["type": "number", "x-unit": "s"], "note": ["type": "string"],
                                    ],
                                ],
                            ],
                        ],
                    ],
                ],
            ],
        ]
    }

    private var table: String {
        var lines = CSV.line(["check", "verdict", "start", "start_seconds", "end", "end_seconds", "note"])
        for result in results {
            let (check, verdict) = (result.check.rawValue, result.verdict.rawValue)
            if result.findings.isEmpty { lines += CSV.line([check, verdict, "", "", "", "", ""]) }
            for finding in result.findings {
                lines += CSV.line([
                    check, verdict, "\(Timecode(finding.start))", "\(finding.start.rounded(decimals: 3))",
                    "\(Timecode(finding.end))", "\(finding.end.rounded(decimals: 3))", finding.note,
                ])
            }
        }
        return lines
    }

    private var text: String {
        var lines = ["\(name): \(verdict.rawValue), \(Timecode(duration))"]
        for result in results {
            lines.append("  \(result.check.rawValue): \(result.verdict.rawValue)")
            for finding in result.findings {
                lines.append("    \(Timecode(finding.start)) to \(Timecode(finding.end))  \(finding.note)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
