/// The pieces of `p50k_base` and `r50k_base`, which GPT-2 began with:
///
///     '(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s
struct GPT2Splitter: PieceSplitter {
    let table: CharacterTable

    @inline(__always)
    func end(ofPieceAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        let contraction = end(ofContractionAt: start, limit: limit, anyCase: false)
        if contraction > start { return contraction }
        let hasSpace = start[0] == UInt8(ascii: " ") && start + 1 < limit
        let first = hasSpace ? start + 1 : start
        let (kind, length) = table.character(at: first, limit: limit)
        if kind.has(.letter) { return end(ofLettersAt: first + length, limit: limit) }
        if kind.has(.number) { return end(ofRunAt: first, limit: limit, of: .number) }
        if !kind.has(.space) { return end(ofRunAt: first, limit: limit, of: .space | .letter | .number, having: false) }
        let run = spaces(at: start, limit: limit)
        return run.end == limit ? limit : run.endBeforeText(start: start)
    }
}
