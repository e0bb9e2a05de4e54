import Primitives

/// What a model's ratings say of a video, held against a policy.
struct ModerationReport {
    /// A stretch in which a category is found.
    struct Finding: Sendable {
        let category: String
        let source: ModerationItem.Source
        var span: Range<Double>
        /// The highest of the stretch, when it is reached, and what the model says there.
        var score: Double
        var time: Double
        var note: String

        var document: JSONValue {
            [
                "category": .string(category), "source": .string(source.rawValue), "score": .number(score.rounded(decimals: 3)),
                "start_seconds": .number(span.lowerBound.rounded(decimals: 3)),
                "end_seconds": .number(span.upperBound.rounded(decimals: 3)), "at_seconds": .number(time.rounded(decimals: 3)),
                "note": .string(note),
            ]
        }
    }

    enum Verdict: String, CaseIterable {
        case pass, fail
        /// Nothing was found, and not everything was rated.
        case incomplete
    }

    /// Findings and failures that job results tell; the files hold all.
    private static let most = 20

    let name: String
    let model: String
    /// Seconds.
    let duration: Double
    let frames: Int
    let captions: Int
    let policy: ModerationPolicy
    let outcome: Moderation.Outcome
    /// In order of their beginnings.
    let findings: [Finding]

    init(
        name: String, model: String, duration: Double, items: [ModerationItem], policy: ModerationPolicy,
        _ outcome: Moderation.Outcome
    ) {
        (self.name, self.model, self.duration, self.policy, self.outcome) = (name, model, duration, policy, outcome)
        (frames, captions) = (items.count { $0.source == .frames }, items.count { $0.source == .captions })
        var findings: [Finding] = []
        for (index, category) in policy.categories.enumerated() {
            var open: Finding?
            for (item, rating) in outcome.ratings {
                let score = rating.scores[index]
                guard score >= category.threshold else { continue }
                if var last = open, last.source == item.source, abs(last.span.upperBound - item.span.lowerBound) < 0.001 {
                    last.span = last.span.lowerBound..<item.span.upperBound
                    if score > last.score { (last.score, last.time, last.note) = (score, item.time, rating.note) }
                    open = last
                } else {
                    if let open { findings.append(open) }
                    open = Finding(
                        category: category.name, source: item.source, span: item.span, score: score, time: item.time,
                        note: rating.note)
                }
            }
            if let open { findings.append(open) }
        }
        self.findings = findings.sorted { $0.span.lowerBound < $1.span.lowerBound }
    }

    var verdict: Verdict { findings.isEmpty ? outcome.failures.isEmpty ? .pass : .incomplete : .fail }

    /// The measurements of the job's result.
    var measurements: JSONValue { document(most: Self.most) }

    func render(_ format: CheckReport.Format) -> Bytes {
        switch format {
        case .json: document(most: .max).serialized(pretty: true)
        case .csv: Bytes(table.utf8)
        case .text: Bytes(text.utf8)
        }
    }

    private func document(most: Int) -> JSONValue {
        let categories = policy.categories.enumerated().map { index, category -> JSONValue in
            let highest = outcome.ratings.max { $0.rating.scores[index] < $1.rating.scores[index] }
            return [
                "category": .string(category.name), "threshold": .number(category.threshold),
                "highest": .number((highest?.rating.scores[index] ?? 0).rounded(decimals: 3)),
                "at_seconds": JSONValue(highest?.item.time.rounded(decimals: 3)),
                "found": JSONValue(findings.count { $0.category == category.name }),
            ]
        }
        var errors: [String: Int] = [:]
        for failure in outcome.failures { errors[failure.code, default: 0] += 1 }
        let failures = outcome.failures.prefix(most).map { failure -> JSONValue in
            [
                "source": .string(failure.source.rawValue), "at_seconds": .number(failure.time.rounded(decimals: 3)),
                "code": .string(failure.code), "message": .string(failure.message),
            ]
        }
        let usage = outcome.usage
        return [
            "verdict": .string(verdict.rawValue), "model": .string(model),
            "duration_seconds": .number(duration.rounded(decimals: 3)),
            "frames": JSONValue(frames), "captions": JSONValue(captions), "rated": JSONValue(outcome.ratings.count),
            "unrated": JSONValue(outcome.failures.count), "categories": .array(categories), "found": JSONValue(findings.count),
            "findings": .array(findings.prefix(most).map(\.document)), "calls": JSONValue(usage.calls),
            "failed_calls": JSONValue(usage.failedCalls), "input_tokens": JSONValue(usage.inputTokens),
            "output_tokens": JSONValue(usage.outputTokens), "errors": .object(errors.mapValues { JSONValue($0) }),
            "failures": .array(failures),
        ]
    }

    private var table: String {
        CSV.line(["category", "source", "score", "start", "start_seconds", "end", "end_seconds", "at_seconds", "note"])
            + findings.map { finding in
                CSV.line([
                    finding.category, finding.source.rawValue, "\(finding.score.rounded(decimals: 3))",
                    "\(Timecode(finding.span.lowerBound))", "\(finding.span.lowerBound.rounded(decimals: 3))",
                    "\(Timecode(finding.span.upperBound))", "\(finding.span.upperBound.rounded(decimals: 3))",
                    "\(finding.time.rounded(decimals: 3))", finding.note,
                ])
            }.joined()
    }

    private var text: String {
        var lines = ["\(name): \(verdict.rawValue), \(Timecode(duration)), \(frames) frames and \(captions) captions by \(model)"]
        if !outcome.failures.isEmpty { lines.append("  not rated: \(outcome.failures.count)") }
        for finding in findings {
            let span = "\(Timecode(finding.span.lowerBound)) to \(Timecode(finding.span.upperBound))"
            lines.append(
                "  \(span)  \(finding.category) \(finding.score.rounded(decimals: 2)) (\(finding.source.rawValue))  \(finding.note)"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
