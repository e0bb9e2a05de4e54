import Blobs
import Contracts
import HTTPServer
import Jobs
import Primitives

/// Everything that a batch made, in one ZIP archive, streamed from the blob store.
struct BatchArchive: Sendable {
    private enum Content: Sendable {
        case blob(String)
        case bytes(Bytes)
    }

    private let parts: [(entry: ZipArchive.Entry, content: Content)]

    /// Bytes of the whole archive.
    var size: Int64 { ZipArchive.size(of: parts.map(\.entry)) }

    /// - Parameter batch: with its items' measurements.
    init(_ batch: BatchDocument) throws {
        var parts: [(ZipArchive.Entry, Content)] = []
        var taken: Set<String> = ["manifest.json", "manifest.csv"]
        for item in batch.items {
            for file in item.files {
                let name = Self.unused(file.name, &taken)
                parts.append((ZipArchive.Entry(name: name, size: file.size), .blob(file.digest)))
            }
        }
        for (name, bytes) in [("manifest.json", try BatchManifest.json(batch)), ("manifest.csv", BatchManifest.csv(batch))] {
            parts.append((ZipArchive.Entry(name: name, size: Int64(bytes.count)), .bytes(bytes)))
        }
        self.parts = parts.map { (entry: $0.0, content: $0.1) }
    }

    /// - Throws: `BlobError` when a file is gone, and what the writer throws; the connection breaks off then.
    func write(to writer: ResponseWriter, from blobs: any BlobStore) async throws {
        var archive = ZipArchive()
        for (entry, content) in parts {
            try await writer.write(archive.begin(entry))
            var checksum = CRC32()
            switch content {
            case .bytes(let bytes):
                checksum.update(bytes)
                try await writer.write(bytes)
            case .blob(let digest):
                for try await chunk in blobs.read(digest) {
                    checksum.update(chunk)
                    try await writer.write(chunk)
                }
            }
            try await writer.write(archive.end(checksum: checksum.value))
        }
        try await writer.write(archive.finish())
    }

    /// A name that no other file of the archive has, on systems that do not tell capitals apart either.
    private static func unused(_ name: String, _ taken: inout Set<String>) -> String {
        let safe = name.replacing("/", with: "_").replacing("\\", with: "_")
        let dot = safe.lastIndex(of: ".") ?? safe.endIndex
        var (candidate, number) = (safe, 2)
        while !taken.insert(candidate.lowercased()).inserted {
            candidate = "\(safe[..<dot])-\(number)\(safe[dot...])"
            number += 1
        }
        return candidate
    }
}
