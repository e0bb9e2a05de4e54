import Cryptography
package import Primitives

/// A mail with a text and the same as HTML (RFC 5322, RFC 2046), and files.
package struct MailMessage: Sendable, Hashable {
    package struct Attachment: Sendable, Hashable {
        package var name: String
        package var type: String
        package var bytes: Bytes

        package init(name: String, type: String, bytes: Bytes) {
            (self.name, self.type, self.bytes) = (name, type, bytes)
        }
    }

    package var from: String
    package var recipients: [String]
    package var subject: String
    package var text: String
    package var html: String
    /// The same for every attempt: servers and people tell repetitions by it.
    package var id: String
    /// What it answers to, so that mail programs show them together.
    package var references: String?
    package var date: Timestamp
    package var attachments: [Attachment] = []

    package init(
        from: String, recipients: [String], subject: String, text: String, html: String, id: String, references: String? = nil,
        date: Timestamp, attachments: [Attachment] = []
    ) {
        (self.from, self.recipients, self.subject, self.text, self.html) = (from, recipients, subject, text, html)
        (self.id, self.references, self.date, self.attachments) = (id, references, date, attachments)
    }

    /// The message as it is sent, lines ended by CR and LF.
    package var bytes: Bytes {
        let boundary = "=_" + id.utf8.map { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 ? String(UnicodeScalar($0)) : "-" }.joined()
        let domain = from.split(separator: "@").last.map(String.init) ?? "localhost"
        var lines = [
            "Date: \(Self.date(date))", "From: <\(from)>", "To: " + recipients.map { "<\($0)>" }.joined(separator: ",\r\n "),
            "Subject: \(Self.encoded(subject))", "Message-ID: <\(id)@\(domain)>",
        ]
        if let references {
            lines += ["In-Reply-To: <\(references)@\(domain)>", "References: <\(references)@\(domain)>"]
        }
        // RFC 3834: no answering machine shall answer.
        lines += ["Auto-Submitted: auto-generated", "MIME-Version: 1.0"]
        let alternative = """
            Content-Type: multipart/alternative; boundary="\(boundary)a"\r\n\r\n\
            --\(boundary)a\r\n\(Self.part("text/plain; charset=utf-8", Bytes(text.utf8)))\
            --\(boundary)a\r\n\(Self.part("text/html; charset=utf-8", Bytes(html.utf8)))--\(boundary)a--\r\n
            """
        let head = lines.joined(separator: "\r\n") + "\r\n"
        guard !attachments.isEmpty else { return Bytes((head + alternative).utf8) }
        var whole = head + "Content-Type: multipart/mixed; boundary=\"\(boundary)m\"\r\n\r\n--\(boundary)m\r\n\(alternative)"
        for file in attachments {
            let name = file.name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
            whole +=
                "--\(boundary)m\r\nContent-Disposition: attachment; filename=\"\(name)\"\r\n" + Self.part(file.type, file.bytes)
        }
        return Bytes((whole + "--\(boundary)m--\r\n").utf8)
    }

    /// Base64 in lines of 76 letters (RFC 2045, 6.8): safe for any text and any server.
    private static func part(_ type: String, _ bytes: Bytes) -> String {
        var text = "Content-Type: \(type)\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        for start in stride(from: 0, to: bytes.count, by: 57) {
            text += Base64.encode(Bytes(bytes[start..<min(start + 57, bytes.count)])) + "\r\n"
        }
        return text
    }

    /// RFC 2047, with letters of a word of at most 45 bytes.
    private static func encoded(_ text: String) -> String {
        let line = text.map { $0.isNewline || $0 == "\0" ? " " : $0 }
        guard !line.allSatisfy({ $0.isASCII && $0 >= " " }) || line.count > 900 else { return String(line) }
        var (words, word) = ([String](), "")
        for letter in line {
            if word.utf8.count + String(letter).utf8.count > 45 {
                words.append(word)
                word = ""
            }
            word.append(letter)
        }
        return (words + [word]).map { "=?utf-8?B?\(Base64.encode(Bytes($0.utf8)))?=" }.joined(separator: "\r\n ")
    }

    /// `Sat, 21 Nov 2026 05:00:00 +0000` (RFC 5322, 3.3).
    private static func date(_ time: Timestamp) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = Array(time.iso8601)
        let month = Int(String(text[5..<7])) ?? 1
        let day = days[Int(((time.milliseconds / 86_400_000) % 7 + 7) % 7)]
        return "\(day), \(String(text[8..<10])) \(months[month - 1]) \(String(text[0..<4])) \(String(text[11..<19])) +0000"
    }
}
