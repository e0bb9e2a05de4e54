import HTTPClient
import Primitives

/// A notification as a mail: plain text and HTML that say the same.
struct MailText: Sendable {
    let notification: Notification

    /// - Parameters:
    ///   - references: the first mail about the same group.
    func message(
        id: String, from: String, recipients: [String], references: String?, attachments: [MailMessage.Attachment]
    ) -> MailMessage {
        var message = MailMessage(
            from: from, recipients: recipients, subject: "[AV-Studio] " + notification.title, text: text, html: html, id: id,
            references: references, date: notification.time)
        message.attachments = attachments
        return message
    }

    private var lines: [(title: String, rows: [(String, String)])] {
        notification.items.map { item in
            var rows = item.labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            rows += item.annotations.filter { $0.key != "summary" }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            if let value = item.value { rows.append((item.valueName, Template.number(value))) }
            rows.append(("time", item.span))
            return (item.state == .firing ? "firing: \(item.summary)" : item.told(item.summary), rows)
        }
    }

    private var closing: [String] {
        var closing: [String] = []
        if notification.kind == .report {
            closing.append("The report on \(notification.days) (UTC) is attached.")
        }
        if notification.hidden > 0 { closing.append("and \(notification.hidden) more") }
        if let url = notification.url { closing.append(url) }
        return closing
    }

    private var text: String {
        let parts = lines.map { line in line.title + "\n" + line.rows.map { "  \($0.0): \($0.1)\n" }.joined() }
        return ([notification.title + "\n"] + parts + closing).joined(separator: "\n") + "\n"
    }

    private var html: String {
        let colour = notification.state == .firing && notification.kind == .alerts ? "#b3261e" : "#1b6e3c"
        let parts = lines.map { line in
            let rows = line.rows.map { "<tr><th align=\"left\">\(Self.escaped($0.0))</th><td>\(Self.escaped($0.1))</td></tr>" }
            return "<h2>\(Self.escaped(line.title))</h2><table cellpadding=\"4\">\(rows.joined())</table>"
        }
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(Self.escaped(notification.title))</title></head>\
            <body style="font-family:sans-serif"><h1 style="color:\(colour)">\(Self.escaped(notification.title))</h1>\
            \(parts.joined())\(closing.map { "<p>\(Self.escaped($0))</p>" }.joined())</body></html>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
