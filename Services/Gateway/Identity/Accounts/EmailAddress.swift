/// An e-mail address in the one form under which accounts are found.
///
/// The whole address is lower case: the domain is so by RFC 5321, 2.4, and no mail system in use tells local parts apart by case.
/// Tags after a plus sign stay, because they are part of the mailbox for many systems. International domains come as `xn--…`.
package struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    /// - Parameter text: an address; spaces around it are left out.
    /// - Throws: `IdentityError.emailInvalid` when it is not a dot-atom of RFC 5322, 3.2.3, at a domain name, or is longer than
    ///   RFC 5321, 4.5.3.1 allows.
    package init(_ text: String) throws(IdentityError) {
        let bytes = text.utf8.drop { $0 == 32 }
        let trimmed = bytes.prefix(bytes.count - bytes.reversed().prefix { $0 == 32 }.count)
        let parts = trimmed.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard trimmed.count <= 254, parts.count == 2, (1...64).contains(parts[0].count), Self.isLocal(parts[0]),
            Self.isDomain(parts[1])
        else { throw .emailInvalid("an e-mail address looks like name@example.org, in ASCII letters") }
        self.text = String(decoding: trimmed.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
    }

    package var description: String { text }

    private static func isLocal(_ part: Substring.UTF8View.SubSequence) -> Bool {
        part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    private static func isDomain(_ part: Substring.UTF8View.SubSequence) -> Bool {
        let labels = part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.count >= 2 && part.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
                    && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
