/// The pieces of `cl100k_base`:
///
///     '(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s
struct CL100KSplitter: PieceSplitter {
    let table: CharacterTable

    @inline(__always)
    func end(ofPieceAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        let (kind, length) = table.character(at: start, limit: limit)
        let next = start + length
        if kind.has(.letter) { return end(ofLettersAt: next, limit: limit) }
        if kind.has(.number) { return end(ofThreeNumbersAt: start, limit: limit) }
        if start[0] == UInt8(ascii: "'") {
            let end = end(ofContractionAt: start, limit: limit, anyCase: true)
            if end > start { return end }
        }
        if next < limit, !kind.has(.newline) {
            let (following, length) = table.character(at: next, limit: limit)
            if following.has(.letter) { return end(ofLettersAt: next + length, limit: limit) }
            if start[0] == UInt8(ascii: " "), !following.has(.space | .number) { return end(ofSymbolsAt: next, limit: limit) }
        }
        return kind.has(.space) ? end(ofSpacesAt: start, limit: limit) : end(ofSymbolsAt: start, limit: limit)
    }

    @inline(__always)
    private func end(ofSymbolsAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        let symbols = end(ofRunAt: start, limit: limit, of: .space | .letter | .number, having: false)
        return end(ofRunAt: symbols, limit: limit, of: .newline)
    }

    @inline(__always)
    private func end(ofSpacesAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        let run = spaces(at: start, limit: limit)
        return run.end == limit ? limit : run.lastLineEnd ?? run.endBeforeText(start: start)
    }
}
