import Primitives

/// Encodes text as SentencePiece does with a byte-pair model, piece for piece: the models of Llama 1 and 2, Mistral and Gemma.
///
/// Written here instead of linked: the library is C++ and wants protobuf, while what these models use of it is small. They do not
/// normalise text. Any number of threads may use one.
package final class SentencePieceEncoder: Sendable {
    private let table: PieceTable
    private let unknown: UInt32
    /// The piece of each byte.
    private let bytePieces: [UInt32]
    private let addsSpaceBefore: Bool
    private let space: Bytes
    /// User-defined symbols by their first byte, the longest first.
    private let symbols: [UInt8: [Bytes]]
    /// For each byte whether a piece has it before a space. After the others, a space begins a word that is encoded by itself.
    private let isBeforeSpace: [Bool]

    /// Reads a model file, for instance `tokenizer.model`.
    ///
    /// - Throws: `TokenizationError.unreadable`, `damaged`, `unsupportedModel`.
    package init(path: String) throws(TokenizationError) {
        let model = try SentencePieceModel(path: path)
        table = PieceTable(model.pieces)
        unknown = UInt32(model.pieces.firstIndex { $0.kind == .unknown } ?? 0)
        let bytes = model.pieces.indices.filter { model.pieces[$0].kind == .byte }.map(UInt32.init)
        bytePieces = model.hasByteFallback ? bytes : []
        addsSpaceBefore = model.addsSpaceBefore
        let space = model.escapesSpaces ? Bytes("\u{2581}".utf8) : [UInt8(ascii: " ")]
        self.space = space
        let defined = model.pieces.filter { $0.kind == .userDefined }.map(\.text)
        symbols = Dictionary(grouping: defined) { $0[0] }.mapValues { $0.sorted { $0.count > $1.count } }
        var isBeforeSpace = Array(repeating: false, count: 256)
        for piece in model.pieces where piece.kind == .normal || piece.kind == .userDefined {
            for place in piece.text.indices.dropFirst() where piece.text[place...].starts(with: space) {
                isBeforeSpace[Int(piece.text[place - 1])] = true
            }
        }
        // A space after a space goes on with the same word.
        isBeforeSpace[Int(space[space.count - 1])] = true
        self.isBeforeSpace = isBeforeSpace
    }

    /// How many pieces a text has, without those that begin or end a prompt.
    package func count(_ text: String) -> Int {
        var count = 0
        encode(text) { _, number in count += number }
        return count
    }

    /// The pieces of a text by number.
    package func encode(_ text: String) -> [UInt32] {
        var pieces: [UInt32] = []
        encode(text) { piece, number in
            if let piece { pieces.append(piece) } else { pieces += repeatElement(unknown, count: number) }
        }
        return pieces
    }

    private func encode(_ text: String, _ emit: (UInt32?, Int) -> Void) {
        guard !text.isEmpty else { return }
        let normalized = normalized(text)
        var merge = SymbolMerge(table: table)
        normalized.withUnsafeBufferPointer { bytes in
            var isAfterUnknown = false
            var start = 0
            while start < bytes.count {
                start = appendWord(at: start, of: bytes, to: &merge)
                merge.merge(bytes)
                for symbol in merge.symbols where symbol.length > 0 {
                    let content = UnsafeBufferPointer(rebasing: bytes[symbol.start..<symbol.start + symbol.length])
                    let piece = table.find(content)
                    if piece != PieceTable.none {
                        emit(piece, 1)
                    } else if !bytePieces.isEmpty {
                        for byte in content { emit(bytePieces[Int(byte)], 1) }
                    } else if !isAfterUnknown {
                        emit(nil, 1)
                    }
                    isAfterUnknown = piece == PieceTable.none
                }
            }
        }
    }

    /// The text with spaces as the model writes them.
    private func normalized(_ text: String) -> Bytes {
        var bytes = addsSpaceBefore ? space : []
        bytes.reserveCapacity(text.utf8.count * 5 / 4)
        for byte in text.utf8 {
            if byte == UInt8(ascii: " ") { bytes += space } else { bytes.append(byte) }
        }
        return bytes
    }

    /// Gives the next word's characters to the merge: as far as no piece goes beyond. Returns where the word ends.
    private func appendWord(at start: Int, of bytes: UnsafeBufferPointer<UInt8>, to merge: inout SymbolMerge) -> Int {
        merge.begin()
        var place = start
        while place < bytes.count {
            if place > start, !isBeforeSpace[Int(bytes[place - 1])], isSpace(at: place, of: bytes) { break }
            let symbol = symbolLength(at: place, of: bytes)
            let length = symbol > 0 ? symbol : Self.characterLength(at: place, of: bytes)
            merge.append(start: place, length: length, isFrozen: symbol > 0)
            place += length
        }
        return place
    }

    @inline(__always)
    private func isSpace(at place: Int, of bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes[place] == space[0] && bytes.count - place >= space.count && bytes[place...].starts(with: space)
    }

    /// The length of the longest user-defined symbol at a place, or 0.
    private func symbolLength(at place: Int, of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard !symbols.isEmpty, let candidates = symbols[bytes[place]] else { return 0 }
        let found = candidates.first { $0.count <= bytes.count - place && bytes[place...].starts(with: $0) }
        return found?.count ?? 0
    }

    private static func characterLength(at place: Int, of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let length =
            switch bytes[place] {
            case ..<0xC0: 1
            case ..<0xE0: 2
            case ..<0xF0: 3
            default: 4
            }
        return min(length, bytes.count - place)
    }
}
