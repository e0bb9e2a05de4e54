import Glibc

/// Reads the records of a CSV file (RFC 4180) one after the other, holding no more than one and a block of the file.
///
/// ```swift
/// let records = try CSVRecords(path: "captions.csv")
/// while let fields = try records.next() { … }
/// ```
package final class CSVRecords {
    /// Bytes of a record at most: a quote that is never closed would take the rest of the file.
    private static let largest = 1 << 20
    private static let block = 1 << 16

    private let descriptor: Int32
    private var buffer: Bytes = []
    /// Where in the buffer the next record begins, up to where it was looked through, and whether that place is inside of quotes.
    private var begin = 0
    private var scanned = 0
    private var isQuoted = false
    private var hasEnded = false
    private var line = 1

    /// - Throws: `CSVError` when the file can not be read.
    package init(path: String) throws(CSVError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CSVError(line: 1, "the file can not be read") }
        try fill()
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { (begin, scanned) = (3, 3) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The fields of the next record that is not empty.
    /// - Returns: `nil` after the last.
    /// - Throws: `CSVError` naming the line in the file.
    package func next() throws(CSVError) -> [String]? {
        while let record = try nextRecord() {
            defer { line += record.count { $0 == 10 } }
            do {
                if let fields = try CSV.rows(record).first { return fields }
            } catch {
                throw CSVError(line: line + error.line - 1, error.reason)
            }
        }
        return nil
    }

    /// The number of the line that the next record begins with, from 1.
    package var nextLine: Int { line }

    private func nextRecord() throws(CSVError) -> Bytes? {
        while true {
            while scanned < buffer.count {
                let byte = buffer[scanned]
                scanned += 1
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                if byte == 10, !isQuoted { return take(scanned) }
            }
            guard scanned - begin <= Self.largest else { throw CSVError(line: line, "a record is larger than a mebibyte") }
            if hasEnded { return begin == buffer.count ? nil : take(buffer.count) }
            try fill()
        }
    }

    private func take(_ end: Int) -> Bytes {
        defer { (begin, scanned, isQuoted) = (end, end, false) }
        return Bytes(buffer[begin..<end])
    }

    private func fill() throws(CSVError) {
        let descriptor = descriptor
        var count = -1
        let more = Bytes(unsafeUninitializedCapacity: Self.block) { room, filled in
            repeat { count = read(descriptor, room.baseAddress, Self.block) } while count < 0 && errno == EINTR
            filled = max(0, count)
        }
        guard count >= 0 else { throw CSVError(line: line, "the file can not be read") }
        buffer.removeFirst(begin)
        (begin, scanned) = (0, scanned - begin)
        buffer += more
        hasEnded = count == 0
    }
}
