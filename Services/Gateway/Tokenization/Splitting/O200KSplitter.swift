/// The pieces of `o200k_base`:
///
///     [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
///     |[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
///     |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
struct O200KSplitter: PieceSplitter {
    let table: CharacterTable

    @inline(__always)
    func end(ofPieceAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        let (kind, length) = table.character(at: start, limit: limit)
        let next = start + length
        // A mark may be the character before the word too, with the same end.
        if kind.has(.beginsWord | .continuesWord) { return end(ofWordAt: start, limit: limit) }
        if kind.has(.number) { return end(ofThreeNumbersAt: start, limit: limit) }
        if next < limit, !kind.has(.newline) {
            let following = table.character(at: next, limit: limit).kind
            if following.has(.beginsWord | .continuesWord) { return end(ofWordAt: next, limit: limit) }
            if start[0] == UInt8(ascii: " "), !following.has(.space | .number) { return end(ofSymbolsAt: next, limit: limit) }
        }
        return kind.has(.space) ? end(ofSpacesAt: start, limit: limit) : end(ofSymbolsAt: start, limit: limit)
    }

    /// The end of the first two alternatives, after the character before the word.
    ///
    /// Where no small letter follows the characters that may begin a word, the first alternative gives back as few of them as
    /// needed: it ends after the last that may also go on with one. When there is none, the second takes them all.
    @inline(__always)
    private func end(ofWordAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var place = start
        var lastOfBoth: UnsafePointer<UInt8>?
        while place < limit {
            let (kind, length) = table.character(at: place, limit: limit)
            guard kind.has(.beginsWord) else {
                if kind.has(.continuesWord) {
                    lastOfBoth = nil
                    place = end(ofRestAt: place + length, limit: limit)
                }
                break
            }
            place += length
            if kind.has(.continuesWord) { lastOfBoth = place }
        }
        return end(ofContractionAt: lastOfBoth ?? place, limit: limit, anyCase: true)
    }

    /// The end of `[\p{Ll}\p{Lm}\p{Lo}\p{M}]*`.
    @inline(__always)
    private func end(ofRestAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var place = start
        while true {
            place = ASCIIRun.end(ofLettersAt: place, limit: limit, anyCase: false)
            guard place < limit, place[0] >= 0x80 else { return place }
            let (kind, length) = table.character(at: place, limit: limit)
            guard kind.has(.continuesWord) else { return place }
            place += length
        }
    }

    @inline(__always)
    private func end(ofSymbolsAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var place = end(ofRunAt: start, limit: limit, of: .space | .letter | .number, having: false)
        while place < limit, place[0] == UInt8(ascii: "\n") || place[0] == UInt8(ascii: "\r") || place[0] == UInt8(ascii: "/") {
            place += 1
        }
        return place
    }

    @inline(__always)
    private func end(ofSpacesAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        let run = spaces(at: start, limit: limit)
        return run.lastLineEnd ?? (run.end == limit ? limit : run.endBeforeText(start: start))
    }
}
