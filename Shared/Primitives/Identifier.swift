import Synchronization

/// Makes identifiers that sort by time: a prefix and 26 characters of Crockford base32 (48 bits of milliseconds, 80 random bits).
/// Those that a process makes rise, also within a millisecond, so that pages keep the order of what they list.
/// Source: the ULID specification, github.com/ulid/spec.
package enum Identifier {
    private static let alphabet = Bytes("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let last = Mutex<UInt128>(0)

    /// - Parameter prefix: what the identifier names, for example `job` for `job_01k…`.
    package static func make(_ prefix: String) -> String {
        let time = UInt128(UInt64(max(0, Timestamp.now().milliseconds))) << 80
        var generator = BufferedRandom()
        let random = UInt128(generator.next()) << 16 | UInt128(generator.next() & 0xffff)
        var value = last.withLock { last in
            // Some random step beyond the one before, when that is of the same millisecond or the clock was set back.
            last = time > last ? time | random : last + 1 + (random & 0xffff_ffff)
            return last
        }
        return String(unsafeUninitializedCapacity: prefix.utf8.count + 27) { text in
            var end = text.initialize(fromContentsOf: prefix.utf8)
            text[end] = UInt8(ascii: "_")
            end += 26
            for index in (end - 25...end).reversed() {
                text[index] = alphabet[Int(truncatingIfNeeded: value & 31)]
                value >>= 5
            }
            return end + 1
        }
    }

    /// Whether a text has the form that `make` gives for the prefix.
    package static func isWellFormed(_ text: String, prefix: String) -> Bool {
        let bytes = Bytes(text.utf8)
        return bytes.count == prefix.utf8.count + 27 && text.hasPrefix(prefix + "_")
            && bytes.suffix(26).allSatisfy(alphabet.contains)
    }
}
