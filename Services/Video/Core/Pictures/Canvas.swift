import Media

/// A picture that others are put into.
struct Canvas {
    /// Pixels.
    let width: Int
    let height: Int
    private(set) var samples: [UInt8]

    /// - Parameter color: red, green and blue, 0 to 255.
    init(width: Int, height: Int, color: (UInt8, UInt8, UInt8)) {
        (self.width, self.height) = (width, height)
        samples = [UInt8](unsafeUninitializedCapacity: width * height * 3) { samples, filled in
            for place in 0..<width * height {
                samples[place &* 3] = color.0
                samples[place &* 3 &+ 1] = color.1
                samples[place &* 3 &+ 2] = color.2
            }
            filled = width * height * 3
        }
    }

    /// Puts a picture somewhere; what lies outside is left off.
    /// - Parameter frame: of the pixel format `rgb24`.
    mutating func put(_ frame: VideoFrame, atX x: Int, y: Int) {
        guard let component = frame.components?.all.first else { return }
        let columns = min(frame.width, width - x)
        guard columns > 0 else { return }
        samples.withUnsafeMutableBufferPointer { samples in
            guard let start = samples.baseAddress else { return }
            for row in 0..<max(0, min(frame.height, height - y)) {
                (start + ((y + row) * width + x) * 3).update(from: component.start + row * component.rowStride, count: columns * 3)
            }
        }
    }

    /// Writes digits and colons, white on dark.
    /// - Parameter scale: pixels of a dot of the letters, which are five dots wide and seven high.
    mutating func write(_ text: String, atX x: Int, y: Int, scale: Int) {
        let letters = text.compactMap { Self.letters[$0] }
        let (textWidth, textHeight) = ((letters.count * 6 + 1) * scale, 9 * scale)
        for row in 0..<textHeight {
            for column in 0..<textWidth {
                let (dotX, dotY) = (column / scale - 1, row / scale - 1)
                let isLit =
                    dotX >= 0 && dotY >= 0 && dotY < 7 && dotX / 6 < letters.count && dotX % 6 < 5
                    && letters[dotX / 6][dotY] >> (4 - dotX % 6) & 1 == 1
                set(x + column, y + row, isLit ? 255 : nil)
            }
        }
    }

    /// - Parameter light: `nil` darkens what is there.
    private mutating func set(_ x: Int, _ y: Int, _ light: UInt8?) {
        guard x >= 0, y >= 0, x < width, y < height else { return }
        for place in (y * width + x) * 3..<(y * width + x) * 3 + 3 { samples[place] = light ?? samples[place] / 4 }
    }

    /// Five by seven dots, rows from the top, the leftmost dot in the highest of five bits.
    private static let letters: [Character: [UInt8]] = [
        "0": [14, 17, 19, 21, 25, 17, 14], "1": [4, 12, 4, 4, 4, 4, 14], "2": [14, 17, 1, 2, 4, 8, 31],
        "3": [31, 2, 4, 2, 1, 17, 14], "4": [2, 6, 10, 18, 31, 2, 2], "5": [31, 16, 30, 1, 1, 17, 14],
        "6": [6, 8, 16, 30, 17, 17, 14], "7": [31, 1, 2, 4, 8, 8, 8], "8": [14, 17, 17, 14, 17, 17, 14],
        "9": [14, 17, 17, 15, 1, 2, 12], ":": [0, 4, 4, 0, 4, 4, 0], ".": [0, 0, 0, 0, 0, 12, 12],
    ]
}
