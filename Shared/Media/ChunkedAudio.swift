/// The size of the sound as a chunked file declares it. The demuxers of these formats take what is there for the whole, so only the
/// chunk itself tells that the file has been cut.
enum ChunkedAudio {
    /// Chunks that are looked at before the sound.
    private static let mostChunks = 1000

    /// Bytes that the sound has by its chunk's own size.
    /// - Returns: `nil` for other formats, and for sizes left open as streams do.
    static func declaredSize(_ file: InputFile) -> Int64? {
        let head = file.bytes(at: 0, count: 40)
        if head.starts(with: "RIFF".utf8) || head.starts(with: "RF64".utf8) { return riff(file) }
        if head.starts(with: "riff".utf8) { return wave64(file) }
        if head.starts(with: "caff".utf8) { return caf(file) }
        return nil
    }

    /// Microsoft, RIFF WAVE; EBU Tech 3306 for RF64, whose `ds64` chunk holds the sizes that are too large for 32 bits.
    private static func riff(_ file: InputFile) -> Int64? {
        var (place, large) = (Int64(12), Int64?.none)
        for _ in 0..<mostChunks {
            let chunk = file.bytes(at: place, count: 24)
            guard chunk.count >= 8 else { return nil }
            let size = littleEndian(chunk[4..<8])
            if chunk.starts(with: "data".utf8) { return size == 0xFFFF_FFFF ? large : size == 0 ? nil : size }
            // After its header ds64 has the size of the file, then that of the sound.
            if chunk.starts(with: "ds64".utf8), chunk.count == 24 { large = littleEndian(chunk[16..<24]) }
            place += 8 + size + size % 2
        }
        return nil
    }

    /// Sony Wave64: names are GUIDs that begin with the four letters, sizes have 64 bits, include the header and are padded to 8.
    private static func wave64(_ file: InputFile) -> Int64? {
        var place: Int64 = 40
        for _ in 0..<mostChunks {
            let chunk = file.bytes(at: place, count: 24)
            guard chunk.count == 24 else { return nil }
            let size = littleEndian(chunk[16..<24])
            guard size >= 24, size < Int64.max / 4 else { return nil }
            if chunk.starts(with: "data".utf8) { return size == 24 ? nil : size - 24 }
            place += (size + 7) / 8 * 8
        }
        return nil
    }

    /// Apple, Core Audio Format: sizes have 64 bits, highest first; -1 means up to the end.
    private static func caf(_ file: InputFile) -> Int64? {
        var place: Int64 = 8
        for _ in 0..<mostChunks {
            let chunk = file.bytes(at: place, count: 12)
            guard chunk.count == 12 else { return nil }
            let size = littleEndian(chunk[4..<12].reversed())
            guard size >= 0, size < Int64.max / 4 else { return nil }
            // The first 4 bytes count edits.
            if chunk.starts(with: "data".utf8) { return size > 4 ? size - 4 : nil }
            place += 12 + size
        }
        return nil
    }

    private static func littleEndian(_ bytes: some BidirectionalCollection<UInt8>) -> Int64 {
        Int64(bitPattern: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
