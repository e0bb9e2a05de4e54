import Primitives

extension Notification.Item {
    /// What its rule says of it.
    var text: String? { annotations["summary"] ?? annotations["description"] }

    /// What it says of itself.
    var summary: String { text ?? labels["alertname"] ?? "alert" }

    /// What it says of itself, after what tells it from those that share some labels.
    func sentence(without common: LabelSet) -> String {
        let words = labels.filter { common[$0.key] == nil }.words(notIn: summary)
        return words.isEmpty ? summary : words.joined(separator: " ") + ": " + summary
    }

    /// Its words that are not in every title.
    var details: String {
        labels.filter { $0.key != "alertname" }.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    }

    /// A sentence about it: what is over stands in the past, for it is what was true while it fired last.
    func told(_ sentence: String) -> String {
        guard state == .resolved else { return sentence }
        return "Over" + (lasted.map { " after \($0)" } ?? "") + ". It was: " + sentence
    }

    /// What its last value is called.
    var valueName: String { state == .resolved ? "last value" : "value" }

    /// Of what is over, how long it held: `12m4s`.
    var lasted: String? {
        ended.map { TimeSpan.text(.seconds(max(0, $0.duration(since: started).seconds).rounded())) }
    }

    /// Since when it holds, or from when to when it did, UTC.
    var span: String {
        guard state == .resolved, let ended else { return "since \(started.shown)" }
        return "from \(started.shown) to \(ended.shown)"
    }
}

extension Timestamp {
    /// As people read it, to the second and with its zone: `2026-11-22 22:10:07 UTC`.
    var shown: String { iso8601.prefix(19).replacing("T", with: " ") + " UTC" }
}
