import Blobs
import Cryptography
import FoundationEssentials
import Primitives
import TestSupport

extension TemporaryFolder {
    /// Where the tests keep their store.
    var root: String { appending("store") }

    func store(quota: ByteSize? = nil, minimumFree: ByteSize = .bytes(0)) throws -> LocalBlobStore {
        try LocalBlobStore(root: root, quota: quota, minimumFree: minimumFree)
    }

    /// The names of all regular files below a part of the store.
    func files(_ part: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: root + "/" + part)
        return names.filter { name in
            // What has gone since it was listed is not there.
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(part)/\(name)")
            return attributes?[.type] as? FileAttributeType == .typeRegular
        }.sorted()
    }

    func write(_ bytes: Bytes, to name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: appending(name)))
        return appending(name)
    }
}

/// Bytes that differ from one seed to the next.
func noise(_ count: Int, seed: UInt64 = 1) -> Bytes {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return Bytes(unsafeUninitializedCapacity: count) { buffer, filled in
        for index in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            buffer[index] = UInt8(truncatingIfNeeded: state >> 56)
        }
        filled = count
    }
}

func digest(of bytes: Bytes) -> String { "sha256:" + Hex.encode(SHA256.hash(bytes)) }

extension BlobOwner {
    static func test(_ id: String) -> BlobOwner { BlobOwner(service: "test", id: id) }
}

extension LocalBlobStore {
    /// Stores bytes in pieces.
    @discardableResult
    func put(_ bytes: Bytes, owner: BlobOwner, piece: Int = 100_000) async throws -> BlobReference {
        let writer = try await writer()
        for start in stride(from: 0, to: bytes.count, by: piece) {
            try await writer.append(Bytes(bytes[start..<min(start + piece, bytes.count)]))
        }
        return try await writer.commit(owner: owner)
    }

    func bytes(_ digest: String, range: Range<Int64>? = nil) async throws -> Bytes {
        var bytes: Bytes = []
        for try await chunk in read(digest, range: range) { bytes += chunk }
        return bytes
    }
}
