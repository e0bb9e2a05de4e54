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
