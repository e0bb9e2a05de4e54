import Primitives

extension Vocabulary {
    /// The tokens of a text, by byte-level pair encoding (Radford et al., "Language Models are Unsupervised Multitask Learners",
    /// 2019, section 2.2): within each piece, the neighbours whose union has the lowest rank are merged first.
    package func tokens(of text: String) -> [Int] {
        pieces(of: text).flatMap { tokens(ofPiece: Bytes(Substring($0).utf8)) }
    }

    private func tokens(ofPiece bytes: Bytes) -> [Int] {
        if let whole = ranks[bytes] { return [whole] }
        // Where the parts begin, and the end.
        var bounds = Array(0...bytes.count)
        while bounds.count > 2 {
            var best: (rank: Int, index: Int)?
            for index in 0..<bounds.count - 2 {
                guard let rank = ranks[Bytes(bytes[bounds[index]..<bounds[index + 2]])] else { continue }
                if best.map({ rank < $0.rank }) ?? true { best = (rank, index) }
            }
            guard let best else { break }
            bounds.remove(at: best.index + 1)
        }
        return zip(bounds, bounds.dropFirst()).compactMap { ranks[Bytes(bytes[$0..<$1])] }
    }

    /// The pieces that pairs are not merged across: contractions, letters, digits, other signs, each with one space before it, and
    /// what is left of white space. It is the pattern of GPT-2's encoder:
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
    func pieces(of text: String) -> [Substring.UnicodeScalarView] {
        let scalars = text.unicodeScalars
        var pieces: [Substring.UnicodeScalarView] = []
        var start = scalars.startIndex
        while start < scalars.endIndex {
            let end = endOfPiece(in: scalars, from: start)
            pieces.append(scalars[start..<end])
            start = end
        }
        return pieces
    }

    private func endOfPiece(in scalars: String.UnicodeScalarView, from start: String.Index) -> String.Index {
        let rest = scalars[start...]
        if rest.first == "'" {
            for ending in ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"] where rest.starts(with: ending.unicodeScalars) {
                return scalars.index(start, offsetBy: ending.unicodeScalars.count)
            }
        }
        var index = start
        if rest.first == " " { index = scalars.index(after: index) }
        if index < scalars.endIndex, ScalarKind(scalars[index]) != .space {
            let kind = ScalarKind(scalars[index])
            return scalars[index...].firstIndex { ScalarKind($0) != kind } ?? scalars.endIndex
        }
        let end = rest.firstIndex { ScalarKind($0) != .space } ?? scalars.endIndex
        // The last space goes with the word after it.
        guard end < scalars.endIndex, scalars.index(after: start) < end else { return end }
        return scalars.index(before: end)
    }
}

/// What the pieces are told apart by.
private enum ScalarKind {
    case letter, number, space, other

    init(_ scalar: Unicode.Scalar) {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        default: self = scalar.properties.isWhitespace ? .space : .other
        }
    }
}
