import CZlib
package import Primitives

/// Reads tar archives in gzip's form.
package enum TarArchive {
    private static let blockLength = 512

    /// Reads an archive to its end.
    /// - Parameter length: bytes of a member that are kept, from its beginning.
    /// - Returns: the beginning of every member, by the last part of its name; nil when the file is not a whole archive, checksums
    ///   included.
    package static func members(of path: String, upTo length: Int) -> [String: Bytes]? {
        guard let file = gzopen(path, "rbe") else { return nil }
        var members: [String: Bytes] = [:]
        var (block, isWhole) = (Bytes(repeating: 0, count: blockLength), false)
        reading: while read(file, &block) {
            guard block.contains(where: { $0 != 0 }) else {
                isWhole = true
                break
            }
            guard let header = Header(block) else { break }
            var (content, missing) = (Bytes(), header.size)
            while missing > 0 {
                guard read(file, &block) else { break reading }
                if content.count < length { content += block.prefix(min(missing, length - content.count)) }
                missing -= blockLength
            }
            members[header.name] = content
        }
        // Only the end of the stream tells whether what came before it is sound.
        while isWhole, read(file, &block) {}
        // What is not compressed is given as it is.
        let isCompressed = gzdirect(file) == 0
        var error = Z_OK
        _ = gzerror(file, &error)
        return gzclose(file) == Z_OK && error == Z_OK && isWhole && isCompressed ? members : nil
    }

    private static func read(_ file: gzFile, _ block: inout Bytes) -> Bool {
        block.withUnsafeMutableBytes { gzread(file, $0.baseAddress, UInt32($0.count)) == $0.count }
    }

    /// A member's header (POSIX.1-1988 ustar).
    private struct Header {
        let name: String
        let size: Int

        /// - Returns: nil where its checksum, which counts its own place as spaces, is another.
        init?(_ block: Bytes) {
            let own = 148..<156
            let sum = block.indices.reduce(0) { $0 + (own.contains($1) ? 32 : Int(block[$1])) }
            guard Self.number(block[own]) == sum, let size = Self.number(block[124..<136]) else { return nil }
            let path = String(decoding: block[..<100].prefix { $0 != 0 }, as: UTF8.self)
            (name, self.size) = (path.split(separator: "/").last.map(String.init) ?? "", size)
        }

        /// Octal digits that end with a space or a zero.
        private static func number(_ field: ArraySlice<UInt8>) -> Int? {
            let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
            return Int(String(decoding: digits, as: UTF8.self), radix: 8)
        }
    }
}
