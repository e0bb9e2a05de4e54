import Glibc
import Synchronization

/// One pass over the bytes of a blob. Every call may wait for the disk.
final class Reading: Sendable {
    private static let chunk: Int64 = 256 << 10

    private struct Position: ~Copyable {
        let file: OpenFile
        var offset: Int64
        let end: Int64
    }

    private let index: BlobIndex
    private let digest: String
    private let range: Range<Int64>?
    private let position = Mutex<Position?>(nil)

    init(_ index: BlobIndex, digest: String, range: Range<Int64>?) {
        (self.index, self.digest, self.range) = (index, digest, range)
    }

    /// - Returns: the next bytes; `nil` after the last.
    /// - Throws: `.notFound`, `.invalidRange`, `.invalidDigest`, `.io`.
    func next() throws(BlobError) -> [UInt8]? {
        try position.withLock { position throws(BlobError) -> [UInt8]? in
            if position == nil { position = try open() }
            guard let offset = position?.offset, let end = position?.end, offset < end else { return nil }
            let count = min(Self.chunk, end - offset)
            guard let bytes = try position?.file.read(Int(count), at: offset) else { return nil }
            // Objects never change, so a short one is damaged.
            guard bytes.count == count else { throw .system("read \(digest)", EIO) }
            position?.offset += count
            return bytes
        }
    }

    private func open() throws(BlobError) -> Position {
        let file: OpenFile
        do throws(BlobError) {
            file = try OpenFile(index.layout.object(BlobDigest(digest)), O_RDONLY)
        } catch .io(_, ENOENT) {
            throw .notFound(digest: digest)
        }
        let size = Int64(try file.status().st_size)
        let range = range ?? 0..<size
        guard range.lowerBound >= 0, range.upperBound <= size else { throw .invalidRange(size: size) }
        return Position(file: file, offset: range.lowerBound, end: range.upperBound)
    }
}
