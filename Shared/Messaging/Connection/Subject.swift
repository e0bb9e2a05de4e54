import Primitives

/// Checks on what comes from callers before it goes on the wire, where a line break would begin another command.
enum Subject {
    /// - Throws: `invalidSubject` for what can not be published on: empty tokens, wildcards, white space, controls.
    static func checkPublishable(_ subject: String) throws(MessagingError) {
        guard isWellFormed(subject), !subject.utf8.contains(UInt8(ascii: "*")), !subject.utf8.contains(UInt8(ascii: ">")) else {
            throw .invalidSubject(subject)
        }
    }

    /// - Throws: `invalidSubject` for what can not be subscribed to; wildcards are whole tokens, `>` the last.
    static func checkSubscribable(_ subject: String) throws(MessagingError) {
        guard isWellFormed(subject) else { throw .invalidSubject(subject) }
        let tokens = subject.split(separator: ".")
        for (index, token) in tokens.enumerated() where token.contains("*") || token.contains(">") {
            guard token == "*" || (token == ">" && index == tokens.count - 1) else { throw .invalidSubject(subject) }
        }
    }

    private static func isWellFormed(_ subject: String) -> Bool {
        var previous = UInt8(ascii: ".")
        for byte in subject.utf8 {
            if byte <= 0x20 || byte == 0x7F || (byte == UInt8(ascii: ".") && previous == UInt8(ascii: ".")) { return false }
            previous = byte
        }
        return previous != UInt8(ascii: ".")
    }

    /// - Throws: `invalidHeader` naming the header that would break the message. Nor may a value be blank: libnats (3.4) looks for
    ///   its first letter past the end of the line and so takes the next header for it.
    static func checkHeaders(_ headers: [String: String]) throws(MessagingError) {
        for (name, value) in headers {
            let nameIsSafe = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            let valueIsSafe = value.utf8.allSatisfy { $0 != 0 && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
            let valueIsBlank = value.utf8.allSatisfy { $0 <= 0x20 }
            guard nameIsSafe && valueIsSafe && !valueIsBlank else { throw .invalidHeader(name) }
        }
    }

    /// Whether a name is one token: of a stream, consumer, bucket or service.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
            }
    }
}
