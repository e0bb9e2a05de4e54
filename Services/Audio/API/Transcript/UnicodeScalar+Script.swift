extension Unicode.Scalar {
    /// Whether it takes two columns of a fixed-pitch line.
    /// Source: Unicode Standard Annex 11, East Asian Width classes W and F, by block.
    package var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// Whether its script writes words without spaces between them: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
    package var isUnspacedScript: Bool {
        switch value {
        case 0x2E80...0x2FFF, 0x3001...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0xFF01...0xFF0F,
            0xFF1A...0xFF20, 0xFF3B...0xFF9F, 0x20000...0x3FFFD, 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF:
            true
        default: false
        }
    }

    /// Whether it is written from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms.
    package var isRightToLeft: Bool {
        switch value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: properties.isAlphabetic
        default: false
        }
    }
}

extension StringProtocol {
    /// Columns the text takes in a fixed-pitch line: one for each character, two for wide ones.
    package var displayWidth: Int {
        reduce(into: 0) { width, character in
            width += character.unicodeScalars.first.map { $0.isWide ? 2 : 1 } ?? 0
        }
    }

    /// Whether more of its letters are written from right to left than from left to right: a name in Latin letters before
    /// Hebrew text does not turn the line.
    package var isRightToLeft: Bool {
        unicodeScalars.reduce(0) { $0 + ($1.properties.isAlphabetic ? ($1.isRightToLeft ? 1 : -1) : 0) } > 0
    }
}
