import Primitives

/// The size that a picture's header tells, read without decoding anything.
struct PictureHeader: Equatable {
    let width: Int
    let height: Int

    /// - Parameter bytes: of a PNG or JPEG picture.
    /// - Returns: `nil` for anything else and for a header that breaks off.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let size = Self.png(bytes) ?? Self.jpeg(bytes) else { return nil }
        (width, height) = size
    }

    /// PNG specification (W3C), 5.2 and 11.2.2: the signature, then IHDR with width and height.
    private static func png(_ bytes: UnsafeRawBufferPointer) -> (Int, Int)? {
        guard bytes.count >= 24, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return nil }
        return (integer(bytes, at: 16, count: 4), integer(bytes, at: 20, count: 4))
    }

    /// ITU-T T.81, B.2: segments until the start of a frame, which holds height and width.
    private static func jpeg(_ bytes: UnsafeRawBufferPointer) -> (Int, Int)? {
        guard bytes.count >= 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
        var place = 2
        while place + 9 <= bytes.count, bytes[place] == 0xFF {
            let marker = bytes[place + 1]
            switch marker {
            case 0xFF: place += 1  // fill byte
            case 0x01, 0xD0...0xD8: place += 2  // markers without a segment
            // Every start of frame; C4, C8 and CC are tables and extensions.
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                return (integer(bytes, at: place + 7, count: 2), integer(bytes, at: place + 5, count: 2))
            default: place += 2 + integer(bytes, at: place + 2, count: 2)
            }
        }
        return nil
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer, at place: Int, count: Int) -> Int {
        bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
    }
}
