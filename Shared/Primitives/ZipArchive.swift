/// Writes a ZIP archive as a stream, nothing compressed, with the 64-bit records where they are needed (PKWARE APPNOTE 6.3.10).
///
/// The sizes are known before and the checksums after the bytes, so they follow in data descriptors.
package struct ZipArchive {
    package struct Entry: Sendable {
        /// A path with slashes.
        package let name: String
        /// Bytes.
        package let size: Int64

        package init(name: String, size: Int64) { (self.name, self.size) = (name, size) }
    }

    private static let limit = Int64(UInt32.max)
    private var entries: [(entry: Entry, offset: Int64, checksum: UInt32)] = []
    private var offset: Int64 = 0

    package init() {}

    /// Bytes of an archive of such entries.
    package static func size(of entries: [Entry]) -> Int64 {
        var archive = ZipArchive()
        for entry in entries {
            _ = archive.begin(entry)
            _ = archive.end(checksum: 0)
        }
        let end = archive.finish()
        return archive.offset + Int64(end.count)
    }

    /// What comes before an entry's bytes.
    package mutating func begin(_ entry: Entry) -> Bytes {
        let isLarge = entry.size >= Self.limit
        var header = Record(0x0403_4B50)
        header.fields(isLarge ? 45 : 20)
        header.put32(0)
        // With a descriptor the sizes belong there; the 64-bit field tells how wide it is.
        header.put32(isLarge ? UInt32.max : 0)
        header.put32(isLarge ? UInt32.max : 0)
        header.put16(UInt16(entry.name.utf8.count))
        header.put16(isLarge ? 20 : 0)
        header.bytes += entry.name.utf8
        if isLarge {
            header.put16(1)
            header.put16(16)
            header.put64(0)
            header.put64(0)
        }
        entries.append((entry, offset, 0))
        offset += Int64(header.bytes.count) + entry.size
        return header.bytes
    }

    /// What comes after the bytes of the entry that was begun last.
    /// - Parameter checksum: CRC-32 of its bytes.
    package mutating func end(checksum: UInt32) -> Bytes {
        entries[entries.count - 1].checksum = checksum
        let size = entries[entries.count - 1].entry.size
        var record = Record(0x0807_4B50)
        record.put32(checksum)
        for _ in 0..<2 {
            if size >= Self.limit { record.put64(UInt64(size)) } else { record.put32(UInt32(size)) }
        }
        offset += Int64(record.bytes.count)
        return record.bytes
    }

    /// The directory, at the end of everything.
    package func finish() -> Bytes {
        var directory = Bytes()
        for (entry, offset, checksum) in entries { directory += Self.directoryEntry(entry, offset, checksum) }
        let isLarge = offset >= Self.limit || Int64(directory.count) >= Self.limit || entries.count >= 0xFFFF
        var end = Bytes()
        if isLarge {
            var record = Record(0x0606_4B50)
            record.put64(44)
            record.put16(45)
            record.put16(45)
            record.put32(0)
            record.put32(0)
            record.put64(UInt64(entries.count))
            record.put64(UInt64(entries.count))
            record.put64(UInt64(directory.count))
            record.put64(UInt64(offset))
            var locator = Record(0x0706_4B50)
            locator.put32(0)
            locator.put64(UInt64(offset) + UInt64(directory.count))
            locator.put32(1)
            end = record.bytes + locator.bytes
        }
        var record = Record(0x0605_4B50)
        record.put32(0)
        for _ in 0..<2 { record.put16(isLarge ? 0xFFFF : UInt16(entries.count)) }
        record.put32(isLarge ? UInt32.max : UInt32(directory.count))
        record.put32(isLarge ? UInt32.max : UInt32(offset))
        record.put16(0)
        return directory + end + record.bytes
    }

    private static func directoryEntry(_ entry: Entry, _ offset: Int64, _ checksum: UInt32) -> Bytes {
        let isLarge = entry.size >= limit || offset >= limit
        var record = Record(0x0201_4B50)
        record.put16(45)
        record.fields(isLarge ? 45 : 20)
        record.put32(checksum)
        for _ in 0..<2 { record.put32(isLarge ? UInt32.max : UInt32(entry.size)) }
        record.put16(UInt16(entry.name.utf8.count))
        record.put16(isLarge ? 28 : 0)
        record.put16(0)
        record.put16(0)
        record.put16(0)
        record.put32(0)
        record.put32(isLarge ? UInt32.max : UInt32(offset))
        record.bytes += entry.name.utf8
        if isLarge {
            record.put16(1)
            record.put16(24)
            record.put64(UInt64(entry.size))
            record.put64(UInt64(entry.size))
            record.put64(UInt64(offset))
        }
        return record.bytes
    }

    /// A record's bytes, little-endian.
    private struct Record {
        var bytes = Bytes()

        init(_ signature: UInt32) {
            put32(signature)
        }

        mutating func put16(_ value: UInt16) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
        mutating func put32(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
        mutating func put64(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }

        /// Version, flags (a descriptor follows, names are UTF-8), the method "stored", and 1 January 1980 as the time, so that
        /// equal batches give equal archives.
        mutating func fields(_ version: UInt16) {
            put16(version)
            put16(0x0808)
            put16(0)
            put16(0)
            put16(0x0021)
        }
    }
}
