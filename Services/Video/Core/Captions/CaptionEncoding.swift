import Primitives

/// How the text of a caption file is coded.
package enum CaptionEncoding: String, CaseIterable, Sendable {
    /// Found out by its bytes.
    case auto
    case utf8 = "utf-8"
    case utf16 = "utf-16"
    /// Also taken for ISO 8859-1, which it contains but for control characters.
    case windows1252 = "windows-1252"

    /// - Returns: the text without a byte order mark.
    /// - Throws: `CaptionFileError.brokenUTF8`, `.unknownEncoding`.
    func text(_ bytes: Bytes) throws(CaptionFileError) -> String {
        switch self {
        case .utf8: return try Self.utf8(bytes)
        case .utf16: return try Self.utf16(bytes, isBig: Self.looksBig(bytes))
        case .windows1252: return try Self.windows1252(bytes)
        case .auto: break
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return try Self.utf16(bytes, isBig: bytes[0] == 0xFE)
        }
        // Text without a mark in two bytes a letter: every second one is nought where the script is Latin.
        let head = bytes.prefix(2000)
        let zeros = head.indices.filter { head[$0] == 0 }
        if bytes.count > 3, zeros.count * 10 > head.count * 3 {
            return try Self.utf16(bytes, isBig: zeros.filter { $0 % 2 == 0 }.count > zeros.count / 2)
        }
        if !zeros.isEmpty { throw .unknownEncoding }
        do {
            return try Self.utf8(bytes)
        } catch {
            // Text that has more letters of UTF-8 than bytes that are none was meant to be UTF-8.
            let (good, bad) = Self.multibyte(bytes)
            if good > bad { throw error }
            return try Self.windows1252(bytes)
        }
    }

    private static func utf8(_ bytes: Bytes) throws(CaptionFileError) -> String {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let text = String(validating: content, as: UTF8.self) { return text }
        var line = 1
        for part in content.split(separator: 10, omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { break }
            line += 1
        }
        throw .brokenUTF8(line: line)
    }

    private static func looksBig(_ bytes: Bytes) -> Bool {
        if bytes.starts(with: [0xFE, 0xFF]) { return true }
        let head = bytes.prefix(2000)
        return !bytes.starts(with: [0xFF, 0xFE])
            && head.indices.filter { head[$0] == 0 && $0 % 2 == 0 }.count
                > head.indices.filter { head[$0] == 0 && $0 % 2 == 1 }.count
    }

    private static func utf16(_ bytes: Bytes, isBig: Bool) throws(CaptionFileError) -> String {
        guard bytes.count % 2 == 0 else { throw .unknownEncoding }
        let (high, low) = isBig ? (0, 1) : (1, 0)
        let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0 + high]) << 8 | UInt16(bytes[$0 + low]) }
        let content = units.first == 0xFEFF ? units.dropFirst() : units[...]
        guard let text = String(validating: content, as: UTF16.self) else { throw .unknownEncoding }
        return text
    }

    private static func windows1252(_ bytes: Bytes) throws(CaptionFileError) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            guard let scalar = scalar(byte) else { throw .unknownEncoding }
            text.append(scalar)
        }
        return String(text)
    }

    private static func scalar(_ byte: UInt8) -> Unicode.Scalar? {
        switch byte {
        case 9, 10, 13, 32..<127, 160...255: Unicode.Scalar(byte)
        case 128..<160: upper[Int(byte) - 128]
        default: nil
        }
    }

    /// 0x80 to 0x9F; five of them are not used. Source: Unicode Consortium, "cp1252 to Unicode table".
    private static let upper: [Unicode.Scalar?] = [
        "€", nil, "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", nil, "Ž", nil,
        nil, "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", nil, "ž", "Ÿ",
    ]

    /// Letters of several bytes that are right, and bytes above 127 that belong to none.
    private static func multibyte(_ bytes: Bytes) -> (good: Int, bad: Int) {
        var (good, bad, place) = (0, 0, 0)
        while place < bytes.count {
            let byte = bytes[place]
            let length = byte < 0x80 ? 1 : byte >> 5 == 6 ? 2 : byte >> 4 == 14 ? 3 : byte >> 3 == 30 ? 4 : 0
            let isWhole =
                length > 0 && place + length <= bytes.count && bytes[(place + 1)..<(place + length)].allSatisfy { $0 >> 6 == 2 }
            if length != 1 { if isWhole { good += 1 } else { bad += 1 } }
            place += isWhole ? length : 1
        }
        return (good, bad)
    }
}
