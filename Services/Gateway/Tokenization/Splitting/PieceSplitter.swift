/// Cuts a text into the pieces within which an encoding merges bytes: what its regular expression matches, one match after the
/// other.
///
/// The expressions are those of tiktoken 0.14, `tiktoken_ext/openai_public.py`; every character of a text belongs to a match.
protocol PieceSplitter {
    /// Where the piece that begins at `start` ends, after `start` and at `limit` at the latest.
    func end(ofPieceAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>

    init(table: CharacterTable)
    var table: CharacterTable { get }
}

extension PieceSplitter {
    /// The first place from `start` on whose character has one of the kinds, or lacks all of them.
    @inline(__always)
    func end(
        ofRunAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>, of kinds: CharacterTable.Kind, having: Bool = true
    ) -> UnsafePointer<UInt8> {
        var place = start
        while place < limit {
            let (kind, length) = table.character(at: place, limit: limit)
            if kind.has(kinds) != having { break }
            place += length
        }
        return place
    }

    /// The first place from `start` on that is not a letter, `\p{L}*`.
    @inline(__always)
    func end(ofLettersAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var place = start
        while true {
            place = ASCIIRun.end(ofLettersAt: place, limit: limit, anyCase: true)
            guard place < limit, place[0] >= 0x80 else { return place }
            let (kind, length) = table.character(at: place, limit: limit)
            guard kind.has(.letter) else { return place }
            place += length
        }
    }

    /// The end of `\p{N}{1,3}`, from a number on.
    @inline(__always)
    func end(ofThreeNumbersAt start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
        var place = start
        for _ in 0..<3 where place < limit {
            let (kind, length) = table.character(at: place, limit: limit)
            guard kind.has(.number) else { break }
            place += length
        }
        return place
    }

    /// The end of `'s`, `'t`, `'d`, `'m`, `'ll`, `'ve` or `'re` at a place, and the place itself where there is none of them.
    ///
    /// - Parameter anyCase: `(?i:…)`, by which `ſ` is an s too.
    @inline(__always)
    func end(
        ofContractionAt place: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>, anyCase: Bool
    ) -> UnsafePointer<UInt8> {
        let room = limit - place
        guard room >= 2, place[0] == UInt8(ascii: "'") else { return place }
        let folding: UInt8 = anyCase ? 0x20 : 0
        switch place[1] | folding {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "d"), UInt8(ascii: "m"): return place + 2
        case UInt8(ascii: "l") where room >= 3 && place[2] | folding == UInt8(ascii: "l"): return place + 3
        case UInt8(ascii: "v") where room >= 3 && place[2] | folding == UInt8(ascii: "e"): return place + 3
        case UInt8(ascii: "r") where room >= 3 && place[2] | folding == UInt8(ascii: "e"): return place + 3
        default:
            // U+017F in UTF-8.
            return anyCase && room >= 3 && place[1] == 0xC5 && place[2] == 0xBF ? place + 3 : place
        }
    }

    /// A run of white space from `start` on.
    @inline(__always)
    func spaces(at start: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> SpaceRun {
        var run = SpaceRun(end: start, lastCharacter: start, lastLineEnd: nil)
        while run.end < limit {
            let (kind, length) = table.character(at: run.end, limit: limit)
            guard kind.has(.space) else { break }
            run.lastCharacter = run.end
            run.end += length
            if kind.has(.newline) { run.lastLineEnd = run.end }
        }
        return run
    }
}

/// White space as far as it goes.
struct SpaceRun {
    var end: UnsafePointer<UInt8>
    /// Where its last character begins.
    var lastCharacter: UnsafePointer<UInt8>
    /// After its last carriage return or line feed.
    var lastLineEnd: UnsafePointer<UInt8>?

    /// The end of `\s+(?!\S)|\s+`, the text going on after the run: all but the last character, which belongs to what follows,
    /// unless it is the only one.
    @inline(__always)
    func endBeforeText(start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> { lastCharacter > start ? lastCharacter : end }
}
