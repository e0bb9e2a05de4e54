import Glibc

/// A colour with opacity.
package struct TextColor: Sendable, Hashable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8
    /// 0 is invisible.
    package var opacity: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, opacity: UInt8 = 255) {
        (self.red, self.green, self.blue, self.opacity) = (red, green, blue, opacity)
    }

    /// - Parameter text: `#rrggbb` or `#rrggbbaa`, where `aa` is the opacity.
    /// - Throws: `TextError.notAColor`.
    package init(_ text: String) throws(TextError) {
        let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
        guard digits.utf8.count == 6 || digits.utf8.count == 8, digits.allSatisfy(\.isHexDigit), digits.allSatisfy(\.isASCII),
            var value = UInt32(digits, radix: 16)
        else { throw .notAColor(text) }
        if digits.utf8.count == 6 { value = value << 8 | 255 }
        func byte(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) }
        self.init(byte(24), byte(16), byte(8), opacity: byte(0))
    }

    /// How bright it looks, 0 to 1: relative luminance.
    /// Source: W3C, Web Content Accessibility Guidelines 2.1, definition of relative luminance.
    package var luminance: Double {
        func linear(_ value: UInt8) -> Double {
            let part = Double(value) / 255
            return part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// As scripts write it, the transparency first: `&HAABBGGRR`.
    var script: String {
        let digits = String(
            UInt32(255 - opacity) << 24 | UInt32(blue) << 16 | UInt32(green) << 8 | UInt32(red), radix: 16, uppercase: true)
        return "&H" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
