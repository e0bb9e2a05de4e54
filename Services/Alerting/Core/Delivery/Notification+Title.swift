import Primitives

extension Notification {
    /// UTF-16 units of a title, and of one word in it.
    private static let (length, wordLength) = (240, 60)
    /// Alerts that a title names.
    private static let named = 3

    /// One line of what it is about: which rule, of what, and how much; of several alerts what they share, and which they are.
    /// It says what Alertmanager's default subject does, the values of common labels (prometheus/alertmanager,
    /// template/default.tmpl), and what that leaves out.
    package var title: String {
        let text =
            switch kind {
            case .test: "Test message for \(receiver)"
            case .report: "Report \(report ?? ""): \(days)"
            case .alerts: "[\(state == .firing ? "FIRING:\(firing)" : "RESOLVED")] " + about
            }
        return SlackMessage.cut(String(text.map { $0.isNewline ? " " : $0 }), Self.length)
    }

    /// A few lines for who sees no more than a notification: the title, and of several alerts what each says.
    var digest: String {
        guard firing + resolved > 1, kind == .alerts else { return title }
        let shown = items.prefix(Self.named).map { item in
            "\n• " + item.told(item.sentence(without: common))
        }
        let more = firing + resolved - shown.count
        return title + shown.joined() + (more > 0 ? "\nand \(more) more" : "")
    }

    private var common: LabelSet { commonLabels ?? groupLabels }

    private var about: String {
        guard firing + resolved > 1, let worst = items.first else {
            guard let item = items.first else { return groupLabels["alertname"] ?? "alerts" }
            let (name, text) = (item.labels["alertname"] ?? "alert", item.text ?? "")
            let head = Self.head(name, item.labels.words(notIn: text))
            guard item.state == .resolved else { return head + (text.isEmpty ? "" : ": \(text)") }
            return head + (item.lasted.map { " after \($0)" } ?? "") + (text.isEmpty ? "" : ". It was: \(text)")
        }
        let told = items.filter { $0.state == worst.state }
        let count = state == .firing ? firing : resolved
        var names: [String] = []
        for item in told.prefix(Self.named) {
            let words = item.labels.filter { common[$0.key] == nil && $0.key != "severity" }
            let name = ([words["alertname"]].compactMap(\.self) + words.words()).joined(separator: " ")
            if !name.isEmpty, !names.contains(name) { names.append(name) }
        }
        let which =
            names.joined(separator: ", ") + (count > names.count && !names.isEmpty ? " and \(count - names.count) more" : "")
        return Self.head(common["alertname"], common.words()) + (which.isEmpty ? "" : ": \(which)")
            + (firing > 0 && resolved > 0 ? "; \(resolved) ended" : "")
    }

    private static func head(_ name: String?, _ words: [String]) -> String {
        let words = words.map { SlackMessage.cut($0, wordLength) }.joined(separator: " ")
        guard let name else { return words.isEmpty ? "alerts" : words }
        return words.isEmpty ? name : "\(name) (\(words))"
    }
}

extension LabelSet {
    /// The values but the name, what is most telling first: how bad it is, of which script, and the rest by label; six at most.
    /// - Parameter text: what is in it already is left out.
    func words(notIn text: String = "") -> [String] {
        let first = ["severity", "script"]
        let order = first + keys.filter { $0 != "alertname" && !first.contains($0) }.sorted()
        return Array(order.compactMap { self[$0] }.filter { !$0.isEmpty && !text.names($0) }.prefix(6))
    }
}

extension String {
    /// Whether a word is in it as a whole.
    fileprivate func names(_ word: String) -> Bool {
        func continues(_ letter: Character?) -> Bool { letter.map { $0.isLetter || $0.isNumber || "-_".contains($0) } ?? false }
        return ranges(of: word).contains { range in
            let before = range.lowerBound > startIndex ? self[index(before: range.lowerBound)] : nil
            return !continues(before) && !continues(range.upperBound < endIndex ? self[range.upperBound] : nil)
        }
    }
}
