import Primitives

/// A parsed JSON text, read in place: events come by the ten thousand a second.
struct EventText {
    let bytes: Bytes
    let tokens: [JSONToken]

    /// - Throws: `JSONSyntaxError`.
    init(_ bytes: Bytes) throws(JSONSyntaxError) {
        self.bytes = bytes
        tokens = try JSONParser.tokens(of: bytes)
    }

    func kind(_ index: Int) -> JSONToken.Kind { tokens[index].kind }

    /// The first bytes of a value's text length.
    func length(_ index: Int) -> Int { Int(tokens[index].end - tokens[index].start) }

    /// Calls `body` with the places of each member's name and value.
    func forEachMember<E>(_ object: Int, _ body: (_ name: Int, _ value: Int) throws(E) -> Void) throws(E) {
        var index = object + 1
        while index < tokens[object].next {
            try body(index, index + 1)
            index = Int(tokens[index + 1].next)
        }
    }

    /// The places of an array's elements.
    func elements(_ array: Int) -> [Int] {
        var places: [Int] = []
        var index = array + 1
        while index < tokens[array].next {
            places.append(index)
            index = Int(tokens[index].next)
        }
        return places
    }

    /// The bytes of a value that is no text.
    func value(_ index: Int) -> Bytes { Bytes(bytes[Int(tokens[index].start)..<Int(tokens[index].end)]) }

    /// - Returns: `nil` for what is no text.
    func string(_ index: Int) -> String? {
        let token = tokens[index]
        switch token.kind {
        case .string: return String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
        case .escapedString: return JSONEscapes.resolved(bytes[Int(token.start)..<Int(token.end)])
        default: return nil
        }
    }

    /// - Returns: `nil` for what is no number that a `Double` can hold.
    func number(_ index: Int) -> Double? {
        let token = tokens[index]
        switch token.kind {
        case .integer where token.end - token.start <= 15: return Double(integer(token))
        case .integer, .number:
            return Double(String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)).flatMap {
                $0.isFinite ? $0 : nil
            }
        default: return nil
        }
    }

    /// - Parameter token: of at most 15 digits.
    private func integer(_ token: JSONToken) -> Int64 {
        var value: Int64 = 0
        for byte in bytes[Int(token.start)..<Int(token.end)] where byte != UInt8(ascii: "-") {
            value = value * 10 + Int64(byte & 15)
        }
        return bytes[Int(token.start)] == UInt8(ascii: "-") ? -value : value
    }

    /// Seconds since 1970, or an ISO-8601 text in UTC.
    func time(_ index: Int) -> Timestamp? {
        if let seconds = number(index) {
            guard abs(seconds) < 1e11 else { return nil }
            return Timestamp(milliseconds: Int64((seconds * 1000).rounded()))
        }
        let token = tokens[index]
        guard token.kind == .string else { return nil }
        let text = bytes[Int(token.start)..<Int(token.end)]
        let isPlain = (text.count == 20 || text.count == 24) && text.last == UInt8(ascii: "Z")
        return isPlain ? Self.plainTime(text) : Timestamp(iso8601: String(decoding: text, as: UTF8.self))
    }

    /// `2026-11-21T05:00:00Z`, with or without milliseconds: what nearly all events have.
    /// Source of the count of days: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    private static func plainTime(_ text: ArraySlice<UInt8>) -> Timestamp? {
        let start = text.startIndex
        let pattern = Bytes("0000-00-00T00:00:00.000Z".utf8)
        var digits: [Int64] = []
        digits.reserveCapacity(17)
        for offset in 0..<(text.count - 1) {
            let byte = text[start + offset]
            if pattern[offset] == UInt8(ascii: "0") {
                guard byte &- 0x30 < 10 else { return nil }
                digits.append(Int64(byte & 15))
            } else if byte != pattern[offset] {
                return nil
            }
        }
        func number(_ from: Int, _ count: Int) -> Int64 { digits[from..<(from + count)].reduce(0) { $0 * 10 + $1 } }
        let (year, month, day) = (number(0, 4), number(4, 2), number(6, 2))
        let (hour, minute, second) = (number(8, 2), number(10, 2), number(12, 2))
        let monthDays: [Int64] = [
            31, year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
        ]
        guard (1...12).contains(month), (1...monthDays[Int(month) - 1]).contains(day), hour < 24, minute < 60, second < 60, year > 0
        else { return nil }
        let shifted = month > 2 ? year : year - 1
        let (era, yearOfEra) = (shifted / 400, shifted % 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let milliseconds = digits.count == 17 ? number(14, 3) : 0
        return Timestamp(milliseconds: ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + milliseconds)
    }
}
