import Primitives

/// Base64 as RFC 4648, section 4; the padding may be left out.
enum Base64 {
    static func decode(_ text: some Collection<UInt8>) -> Bytes? {
        var bytes = Bytes()
        bytes.reserveCapacity(text.count / 4 * 3)
        var (bits, held, ended): (UInt32, Int, Bool) = (0, 0, false)
        for character in text {
            if character == UInt8(ascii: "=") {
                ended = true
                continue
            }
            guard !ended, let value = value(of: character) else { return nil }
            (bits, held) = (bits << 6 | value, held + 6)
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        // A lone character carries no whole byte.
        return held < 6 ? bytes : nil
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
