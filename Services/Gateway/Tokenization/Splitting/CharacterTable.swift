/// What kind of character each code point is, as the regular expressions of OpenAI's encodings ask it.
struct CharacterTable {
    /// Answers to those questions, one bit each. Not an `OptionSet`, whose array literals cost more than the questions.
    struct Kind {
        let rawValue: UInt8

        /// Something else: a symbol, or a control character.
        static var other: Kind { Kind(rawValue: 0) }
        /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, what can begin a word of `o200k_base`.
        static var beginsWord: Kind { Kind(rawValue: 1) }
        /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`, what can go on with one.
        static var continuesWord: Kind { Kind(rawValue: 2) }
        /// `\p{L}`
        static var letter: Kind { Kind(rawValue: 4) }
        /// `\p{N}`
        static var number: Kind { Kind(rawValue: 8) }
        /// `\s`
        static var space: Kind { Kind(rawValue: 16) }
        /// `[\r\n]`
        static var newline: Kind { Kind(rawValue: 32) }

        /// Both together.
        static func | (one: Kind, other: Kind) -> Kind { Kind(rawValue: one.rawValue | other.rawValue) }

        /// Whether any of the bits is set.
        @inline(__always) func has(_ any: Kind) -> Bool { rawValue & any.rawValue != 0 }
    }

    /// Code points are looked up in two steps, 128 at a time: there are 230 different such blocks.
    private static let blockBits = 7

    private let blockNumbers: UnsafePointer<UInt8>
    /// The block of ASCII is the first.
    private let kinds: UnsafePointer<UInt8>

    /// The one table. It lives as long as the process: 37 KB.
    nonisolated(unsafe) static let unicode = CharacterTable(runs: unicodeRuns)

    private init(runs: StaticString) {
        let blockSize = 1 << Self.blockBits
        var flat = Self.expand(runs)
        flat += repeatElement(0, count: 0x110000 - flat.count)
        let blockNumbers = UnsafeMutablePointer<UInt8>.allocate(capacity: flat.count / blockSize)
        var numbers: [ArraySlice<UInt8>: UInt8] = [:]
        var kinds: [UInt8] = []
        var last: ArraySlice<UInt8> = []
        for block in 0..<flat.count / blockSize {
            let content = flat[block * blockSize..<(block + 1) * blockSize]
            // Most blocks are like the one before.
            if block > 0, content == last {
                blockNumbers[block] = blockNumbers[block - 1]
                continue
            }
            let next = UInt8(numbers.count)
            let number = numbers[content, default: next]
            if number == next {
                numbers[content] = next
                kinds += content
            }
            blockNumbers[block] = number
            last = content
        }
        let stored = UnsafeMutablePointer<UInt8>.allocate(capacity: kinds.count)
        stored.initialize(from: kinds, count: kinds.count)
        self.blockNumbers = UnsafePointer(blockNumbers)
        self.kinds = UnsafePointer(stored)
    }

    private static func expand(_ runs: StaticString) -> [UInt8] {
        var flat: [UInt8] = []
        flat.reserveCapacity(0x110000)
        runs.withUTF8Buffer { text in
            var index = 0
            while index < text.count {
                let kind = bits(of: text[index]).rawValue
                index += 1
                var length = 0
                while index < text.count, let digit = hexadecimal(text[index]) {
                    length = length << 4 | digit
                    index += 1
                }
                flat += repeatElement(kind, count: max(length, 1))
            }
        }
        return flat
    }

    private static func hexadecimal(_ digit: UInt8) -> Int? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(digit - UInt8(ascii: "a")) + 10
        default: nil
        }
    }

    private static func bits(of letter: UInt8) -> Kind {
        switch letter {
        case UInt8(ascii: "u"): .beginsWord | .letter
        case UInt8(ascii: "l"): .continuesWord | .letter
        case UInt8(ascii: "t"): .beginsWord | .continuesWord | .letter
        case UInt8(ascii: "m"): .beginsWord | .continuesWord
        case UInt8(ascii: "n"): .number
        case UInt8(ascii: "s"): .space
        case UInt8(ascii: "r"): .space | .newline
        default: .other
        }
    }

    /// The kind of an ASCII character.
    @inline(__always) func kind(ascii byte: UInt8) -> Kind { Kind(rawValue: kinds[Int(byte)]) }

    /// The kind of the character at a place, and how many bytes it has. What is not UTF-8 counts as a character of one byte
    /// that is nothing in particular.
    @inline(__always)
    func character(at place: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> (kind: Kind, length: Int) {
        let first = place[0]
        return first < 0x80 ? (kind(ascii: first), 1) : longCharacter(at: place, limit: limit)
    }

    @inline(__always)
    private func longCharacter(at place: UnsafePointer<UInt8>, limit: UnsafePointer<UInt8>) -> (kind: Kind, length: Int) {
        let first = UInt32(place[0]), room = limit - place
        if first < 0xE0 {
            guard first >= 0xC0, room >= 2 else { return (.other, 1) }
            return (kind(of: (first & 0x1F) << 6 | UInt32(place[1] & 0x3F)), 2)
        }
        if first < 0xF0 {
            guard room >= 3 else { return (.other, 1) }
            return (kind(of: (first & 0x0F) << 12 | UInt32(place[1] & 0x3F) << 6 | UInt32(place[2] & 0x3F)), 3)
        }
        guard room >= 4 else { return (.other, 1) }
        let high = (first & 0x07) << 18 | UInt32(place[1] & 0x3F) << 12
        let point = high | UInt32(place[2] & 0x3F) << 6 | UInt32(place[3] & 0x3F)
        return point < 0x110000 ? (kind(of: point), 4) : (.other, 1)
    }

    @inline(__always)
    private func kind(of point: UInt32) -> Kind {
        let block = Int(blockNumbers[Int(point >> Self.blockBits)])
        return Kind(rawValue: kinds[block << Self.blockBits | Int(point & 0x7F)])
    }
}
