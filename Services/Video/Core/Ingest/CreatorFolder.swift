import FoundationEssentials
import Glibc
package import Primitives
import Synchronization

/// The files of one creator, and the index of where each came from: JSON lines that are only ever appended, under a lock that all
/// jobs and workers share. A line is written before its file gets its name, so that one without its file means nothing. Its calls
/// block.
package final class CreatorFolder: Sendable {
    /// One line of the index.
    package struct Entry: Sendable, Codable, Equatable {
        package var url: String
        package var name: String
        /// Bytes.
        package var size: Int64
        /// 64 hexadecimal digits.
        package var sha256: String
        package var fetched: Timestamp
    }

    /// What became of a file that has come whole.
    enum Shelved: Equatable {
        case added(Entry)
        /// The same content is here already, by this name.
        case known(Entry)
    }

    private struct Index {
        /// Up to where it has been read.
        var end: Int64 = 0
        var byURL: [String: Entry] = [:]
        var byName: [String: Entry] = [:]
        var byDigest: [String: Entry] = [:]
        /// A kill left a line without its end.
        var isTorn = false
    }

    private static let indexName = ".index.jsonl"
    package let path: String
    private let index = Mutex(Index())

    /// - Parameter path: made when it is missing.
    /// - Throws: `IngestError`.
    init(_ path: String) throws(IngestError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .system("make \(path)", errno)
        }
    }

    /// - Parameter path: of a folder that is there.
    init(existing path: String) { self.path = path }

    /// A file that was made of this URL; or one by this name that nobody knows the origin of; or one with this content.
    /// - Parameters:
    ///   - name: as the list or the URL says.
    ///   - digest: `nil` when it is not known.
    func known(url: String, name: String, digest: String?) throws(IngestError) -> (entry: Entry?, reason: String)? {
        try withIndex { _, index in
            if let entry = index.byURL[url], isThere(entry) { return (entry, "same-url") }
            if let entry = digest.flatMap({ index.byDigest[$0] }), isThere(entry) { return (entry, "same-content") }
            if index.byName[name] == nil, access(path + "/" + name, F_OK) == 0 { return (nil, "same-name") }
            return nil
        }
    }

    /// Gives a whole file its name.
    func shelve(_ partial: PartialFile, url: String, name: String) throws(IngestError) -> Shelved {
        let (digest, size) = (try partial.digest(), partial.size)
        return try withIndex { file, index throws(IngestError) in
            if let same = index.byDigest[digest], isThere(same) {
                var entry = same
                entry.url = url
                try append(entry, file, &index)
                partial.remove()
                return .known(same)
            }
            var (number, free) = (1, name)
            while access(path + "/" + free, F_OK) == 0 {
                number += 1
                free = LibraryName.numbered(name, number)
            }
            let entry = Entry(url: url, name: free, size: size, sha256: digest, fetched: .now())
            try append(entry, file, &index)
            try partial.move(to: path + "/" + free)
            return .added(entry)
        }
    }

    /// The files that are here, with their origin where it is known, by name.
    package func files() throws(IngestError) -> [(name: String, size: Int64, entry: Entry?)] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
        return try withIndex { _, index in
            names.compactMap { name in
                guard let size = size(of: name) else { return nil }
                return (name, size, index.byName[name].flatMap { $0.size == size ? $0 : nil })
            }
        }
    }

    private func size(of name: String) -> Int64? {
        var status = stat()
        guard lstat(path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }

    private func isThere(_ entry: Entry) -> Bool { size(of: entry.name) == entry.size }

    private func append(_ entry: Entry, _ file: borrowing LockedFile, _ index: inout Index) throws(IngestError) {
        guard let line = try? JSON.encode(entry) else { throw .io("encode", EINVAL) }
        try file.append((index.isTorn ? [10] : []) + line + [10])
        try file.flush()
        index.isTorn = false
    }

    /// Runs `body` with the index as it is now, while nobody changes it.
    private func withIndex<T>(
        _ body: (borrowing LockedFile, inout Index) throws(IngestError) -> T
    ) throws(IngestError) -> T {
        try index.withLock { index throws(IngestError) in
            guard let file = try LockedFile(path + "/" + Self.indexName, waits: true) else { throw .inOtherHands }
            var bytes = Bytes()
            try file.read(from: index.end) { bytes.append(contentsOf: $0) }
            var rest = bytes[...]
            while let end = rest.firstIndex(of: 10) {
                if let entry = try? JSON.decode(Entry.self, from: Bytes(rest[..<end])) {
                    (index.byURL[entry.url], index.byDigest[entry.sha256]) = (entry, entry)
                    // Several URLs may have given the same file; the first is where it came from.
                    if index.byName[entry.name]?.sha256 != entry.sha256 { index.byName[entry.name] = entry }
                }
                rest = rest[(end + 1)...]
            }
            index.end += Int64(bytes.count - rest.count)
            index.isTorn = !rest.isEmpty
            return try body(file, &index)
        }
    }
}
