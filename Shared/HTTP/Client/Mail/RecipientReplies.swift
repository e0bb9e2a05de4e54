/// A recipient whom a mail server does not take a mail for.
package struct MailRefusal: Sendable, Hashable, CustomStringConvertible {
    package let recipient: String
    /// The server's answer: its code and its words.
    package let reply: String

    /// Whether a later attempt can not do better (RFC 5321, 4.2.1: 5yz).
    package var isFinal: Bool { reply.hasPrefix("5") }
    package var description: String { "\(recipient) was refused: \(reply)" }
}

/// What a server says of each recipient, read from the lines of a conversation (RFC 5321, 4.2.1 and 4.2.1.1).
struct RecipientReplies {
    private static let longest = 200
    private(set) var refusals: [MailRefusal] = []
    private(set) var hasAccepted = false
    private var asked: String?

    /// - Parameter line: a command.
    mutating func sent(_ line: String) {
        guard line.uppercased().hasPrefix("RCPT TO:"), let start = line.firstIndex(of: "<") else { return asked = nil }
        asked = String(line[line.index(after: start)...].prefix { $0 != ">" })
    }

    /// - Parameter line: one of an answer, whose last has no hyphen after its code.
    mutating func received(_ line: String) {
        guard let recipient = asked, line.dropFirst(3).first != "-" else { return }
        asked = nil
        if line.hasPrefix("2") {
            hasAccepted = true
        } else {
            let words = line.prefix(Self.longest).map { $0.isNewline ? " " : $0 }
            refusals.append(MailRefusal(recipient: recipient, reply: String(words.reversed().drop { $0 == " " }.reversed())))
        }
    }
}
