import Glibc
package import Primitives

/// The text tokens of a Whisper model and their bytes.
package struct Vocabulary: Sendable {
    /// The bytes of every token; empty where the file has none.
    private let pieces: [Bytes]
    let ranks: [Bytes: Int]

    /// Reads a `tokens.txt`: lines of a token's bytes in base64, a space, and its number, which is also its rank among merges.
    /// - Parameters:
    ///   - text: the file.
    ///   - count: how many text tokens there are; lines with higher numbers name special tokens and are skipped.
    /// - Throws: `SpeechError.modelUnusable` when a line is of another form or the 256 single bytes are not all there.
    package init(parsing text: Bytes, count: Int) throws(SpeechError) {
        var pieces = [Bytes](repeating: [], count: count)
        var ranks: [Bytes: Int] = [:]
        ranks.reserveCapacity(count)
        for line in text.split(separator: UInt8(ascii: "\n")) {
            // The last token of the multilingual vocabulary is empty: its line begins with the space.
            guard let space = line.lastIndex(of: UInt8(ascii: " ")),
                let number = Int(String(decoding: line[(space + 1)...], as: UTF8.self)), number >= 0,
                let piece = Base64.decode(line[..<space])
            else { throw .modelUnusable("tokens.txt has the line \"\(String(decoding: line.prefix(40), as: UTF8.self))\"") }
            guard number < count else { continue }
            pieces[number] = piece
            if !piece.isEmpty { ranks[piece] = number }
        }
        guard (0...255).allSatisfy({ ranks[[UInt8($0)]] != nil }) else {
            throw .modelUnusable("tokens.txt does not hold every single byte")
        }
        (self.pieces, self.ranks) = (pieces, ranks)
    }

    /// The bytes of a token; empty for special ones.
    package func bytes(of token: Int) -> Bytes {
        pieces.indices.contains(token) ? pieces[token] : []
    }

    /// The text of a row of tokens; broken characters become U+FFFD, special tokens nothing.
    package func text(of tokens: some Sequence<Int>) -> String {
        String(decoding: tokens.flatMap(bytes(of:)), as: UTF8.self)
    }
}

/// Base64 as RFC 4648, section 4.
enum Base64 {
    static func decode(_ text: some Collection<UInt8>) -> Bytes? {
        guard text.count % 4 == 0 else { return nil }
        var bytes = Bytes()
        bytes.reserveCapacity(text.count / 4 * 3)
        var (bits, held, padding): (UInt32, Int, Int) = (0, 0, 0)
        for character in text {
            if character == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(of: character) else { return nil }
            (bits, held) = (bits << 6 | value, held + 6)
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        return padding <= 2 ? bytes : nil
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
