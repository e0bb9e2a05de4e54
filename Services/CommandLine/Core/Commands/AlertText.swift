import Primitives

/// Alerts and silences as people read them.
enum AlertText {
    /// What wants somebody first, then what is cared for or kept quiet, each with by whom and until when.
    static func list(_ alerts: [JSONValue]) -> String {
        guard !alerts.isEmpty else { return "no alerts" }
        let order = ["firing", "acknowledged", "inhibited", "silenced", "pending", "resolved"]
        let sorted = alerts.enumerated().sorted { a, b in
            func rank(_ alert: JSONValue) -> Int { order.firstIndex(of: alert["status"]?.stringValue ?? "") ?? 0 }
            return (rank(a.element), a.offset) < (rank(b.element), b.offset)
        }
        let rows = sorted.map { _, alert in
            ["fingerprint", "status", "severity"].map { alert[$0]?.stringValue ?? "" } + [
                time(alert["started"]), alert["name"]?.stringValue ?? "", sentence(alert), quiet(alert),
            ]
        }
        return Output.table(["fingerprint", "state", "severity", "since (UTC)", "name", "summary", "handled"], rows)
    }

    /// Silences: what is kept quiet, until when, and why; those that are over come last.
    static func silences(_ all: [JSONValue]) -> String {
        guard !all.isEmpty else { return "no silences" }
        func isOver(_ silence: JSONValue) -> Bool { silence["status"]?["state"] == "expired" }
        let silences = all.filter { !isOver($0) } + all.filter(isOver)
        let rows = silences.map { silence in
            let matchers = (silence["matchers"]?.arrayValue ?? []).map { matcher in
                let sign = (matcher["isEqual"] == false ? "!" : "") + (matcher["isRegex"] == true ? "~" : "")
                let operators = ["": "=", "!": "!=", "~": "=~", "!~": "!~"]
                return "\(matcher["name"]?.stringValue ?? "")\(operators[sign] ?? "=")\(matcher["value"]?.stringValue ?? "")"
            }
            return [
                silence["id"]?.stringValue ?? "", silence["status"]?["state"]?.stringValue ?? "", time(silence["endsAt"]),
                silence["createdBy"]?.stringValue ?? "", matchers.joined(separator: " "), silence["comment"]?.stringValue ?? "",
            ]
        }
        return Output.table(["id", "state", "until (UTC)", "by", "matchers", "comment"], rows)
    }

    /// Rules, when each fires, and where they stand.
    static func rules(_ page: JSONValue) -> String {
        let rows = (page["rules"]?.arrayValue ?? []).map { rule in
            let limit = rule["limit"]?.doubleValue.map { "\($0)".hasSuffix(".0") ? "\(Int64($0))" : "\($0)" }
            let sign = rule["comparison"]?.stringValue?.replacing("_", with: " ") ?? ""
            let hold = rule["for"]?.stringValue ?? "0s"
            let condition =
                [measured(rule), limit.map { "\(sign) \($0)" } ?? "", "in", rule["window"]?.stringValue ?? ""]
                .filter { !$0.isEmpty }.joined(separator: " ") + (hold == "0s" ? "" : " for \(hold)")
            return [
                rule["name"]?.stringValue ?? "", rule["labels"]?["severity"]?.stringValue ?? "", rule["kind"]?.stringValue ?? "",
                limit == nil ? "no \(condition)" : condition, rule["state"]?.stringValue ?? "",
                "\(rule["alerts"]?.integerValue ?? 0)/\(rule["groups"]?.integerValue ?? 0)",
            ]
        }
        let (file, read) = (page["file"]?["path"]?.stringValue ?? "", time(page["file"]?["read"]))
        return Output.table(["name", "severity", "kind", "fires when", "state", "alerts/groups"], rows)
            + "\n\nfrom \(file)" + (read.isEmpty ? "" : ", read \(read) UTC")
    }

    /// What a rule looks at: `sum of errors`, `change of sum of cost_dollars`, `jobs_failed of jobs`.
    private static func measured(_ rule: JSONValue) -> String {
        let words = [
            rule["kind"] == "change" ? "change" : nil, rule["function"]?.stringValue, rule["metric"]?.stringValue,
            rule["all"]?["metric"]?.stringValue,
        ]
        return words.compactMap(\.self).joined(separator: " of ")
    }

    /// Messages, and what has become of them.
    static func deliveries(_ deliveries: [JSONValue]) -> String {
        guard !deliveries.isEmpty else { return "no messages" }
        let rows = deliveries.map { delivery in
            [delivery["id"]?.stringValue ?? "", time(delivery["created"])]
                + ["receiver", "channel", "state", "title", "failure"].map { delivery[$0]?.stringValue ?? "" }
        }
        return Output.table(["id", "created (UTC)", "receiver", "channel", "state", "title", "failure"], rows)
    }

    /// `2026-11-22 22:10`.
    static func time(_ value: JSONValue?) -> String {
        String((value?.stringValue ?? "").prefix(16)).replacing("T", with: " ")
    }

    private static func sentence(_ alert: JSONValue) -> String {
        let annotations = alert["annotations"]
        if let text = annotations?["summary"]?.stringValue ?? annotations?["description"]?.stringValue { return text }
        let labels = (alert["labels"]?.objectValue ?? [:]).filter { !["alertname", "severity"].contains($0.key) }
        return labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.stringValue ?? "")" }.joined(separator: " ")
    }

    /// Why nobody is told of it.
    private static func quiet(_ alert: JSONValue) -> String {
        var reasons = (alert["silences"]?.arrayValue ?? []).map { silence in
            "\(silence["id"]?.stringValue ?? "") by \(silence["createdBy"]?.stringValue ?? "") until \(time(silence["endsAt"]))"
                + remark(silence["comment"])
        }
        if alert["inhibited"] == true { reasons.append("inhibited by another alert") }
        if let seen = alert["acknowledgement"], seen != .null {
            reasons.append("acknowledged by \(seen["by"]?.stringValue ?? "") at \(time(seen["time"]))" + remark(seen["note"]))
        }
        if alert["status"] == "firing", alert["receivers"]?.arrayValue?.isEmpty == true {
            reasons.append("no receiver: nobody is told")
        }
        return reasons.joined(separator: "; ")
    }

    private static func remark(_ value: JSONValue?) -> String {
        value?.stringValue.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
    }
}
