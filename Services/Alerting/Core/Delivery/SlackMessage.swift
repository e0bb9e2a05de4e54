import Primitives

/// A notification as Slack shows it: Block Kit, within its limits (api.slack.com, reference/block-kit/blocks): 50 blocks, a
/// header of 150 characters, a section's text of 3,000.
struct SlackMessage: Sendable {
    private static let header = 150
    private static let section = 3000
    private static let blockLimit = 50
    let notification: Notification
    let delivery: String

    /// The body of an incoming webhook.
    var webhook: JSONValue { .object(content) }

    /// The body of `chat.postMessage`.
    /// - Parameter thread: the message that it answers to.
    func post(to channel: String, thread: String?) -> JSONValue {
        var members = content
        members["channel"] = .string(channel)
        // Tells repetitions: it is sent at least once.
        members["metadata"] = ["event_type": "avstudio_alert", "event_payload": ["delivery": .string(delivery)]]
        if let thread {
            members["thread_ts"] = .string(thread)
            members["reply_broadcast"] = .bool(notification.state == .resolved)
        }
        return .object(members)
    }

    private var content: [String: JSONValue] {
        ["text": .string(Self.shown(notification.digest, Self.section)), "blocks": .array(blocks)]
    }

    private var blocks: [JSONValue] {
        var blocks: [JSONValue] = [
            ["type": "header", "text": ["type": "plain_text", "text": .string(Self.cut(sign + notification.title, Self.header))]]
        ]
        for item in notification.items.prefix(Self.blockLimit - 4) {
            // However long a description is, of what and when it was is seen.
            let labels = Self.shown(item.details.replacing("`", with: "'"), Self.section / 2)
            let value = item.value.map { "\(item.valueName) \(Template.number($0)), " } ?? ""
            let facts = "\n`\(labels)`\n\(value)\(item.span)"
            let room = Self.section - facts.utf16.count
            var text = "*\(Self.shown(item.told(item.summary), room - 3))*"
            if let description = item.annotations["description"], item.annotations["summary"] != nil {
                text += Self.shown("\n" + description, room - text.utf16.count)
            }
            blocks.append(["type": "section", "text": ["type": "mrkdwn", "text": .string(text + facts)]])
        }
        if notification.hidden > 0 { blocks.append(Self.context("and \(notification.hidden) more")) }
        if let url = notification.url { blocks.append(Self.context("<\(url)|Open the alerts>")) }
        blocks.append(Self.context("\(notification.receiver) · \(delivery)"))
        return blocks
    }

    private var sign: String {
        switch (notification.kind, notification.state) {
        case (.alerts, .resolved): "✅ "
        case (.alerts, _): "🔥 "
        default: ""
        }
    }

    private static func context(_ text: String) -> JSONValue {
        ["type": "context", "elements": [["type": "mrkdwn", "text": .string(text)]]]
    }

    /// A text as Slack is to read it, of at most so many UTF-16 units; no escaped sign is cut apart.
    private static func shown(_ text: String, _ limit: Int) -> String {
        let cut = cut(escaped(text), limit)
        guard let sign = cut.lastIndex(of: "&"), !cut[sign...].contains(";") else { return cut }
        return cut[..<sign] + "…"
    }

    /// What Slack reads as its own signs (api.slack.com, reference/surfaces/formatting, "Escaping text").
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// At most so many UTF-16 units, as Slack counts.
    static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf16.count > limit else { return text }
        var (rest, size) = (text[...], text.utf16.count)
        while size > limit - 1, let last = rest.popLast() { size -= last.utf16.count }
        return rest + "…"
    }
}
