/// The end of an Ogg file. Its duration is read from the last whole page, so only what comes after that page tells of a cut.
enum OggTail {
    private static let capture = Array("OggS".utf8)
    private static let headerSize = 27
    /// Bytes of two of the largest pages (RFC 3533, section 6: a header of 27 bytes, 255 lacing values, 255 × 255 bytes).
    static let size = 2 * (headerSize + 255 + 255 * 255)

    /// Whether the file breaks off within a page.
    /// - Parameter bytes: the file's last `size` bytes, or all of it.
    static func isCut(_ bytes: [UInt8]) -> Bool {
        // A whole page with another or the end after it; the capture pattern alone may also occur inside of a page.
        let first = bytes.indices.first { place in
            pageEnd(bytes, at: place).map { $0 == bytes.count || beginsPage(bytes, at: $0) } ?? false
        }
        guard var place = first else { return false }
        while let end = pageEnd(bytes, at: place) { place = end }
        return place < bytes.count && beginsPage(bytes, at: place)
    }

    /// Whether the capture pattern, or as much of it as there is, stands at a place.
    private static func beginsPage(_ bytes: [UInt8], at place: Int) -> Bool {
        let part = bytes[place..<min(place + capture.count, bytes.count)]
        return capture.starts(with: part)
    }

    /// Where the page that begins at a place ends; `nil` when there is no whole one.
    private static func pageEnd(_ bytes: [UInt8], at place: Int) -> Int? {
        guard place + headerSize <= bytes.count, bytes[place] == capture[0], beginsPage(bytes, at: place) else { return nil }
        let body = place + headerSize + Int(bytes[place + headerSize - 1])
        guard body <= bytes.count else { return nil }
        let end = bytes[place + headerSize..<body].reduce(body) { $0 + Int($1) }
        return end <= bytes.count ? end : nil
    }
}
