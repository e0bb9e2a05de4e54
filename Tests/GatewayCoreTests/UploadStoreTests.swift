import Contracts
import Cryptography
import FoundationEssentials
import GatewayCore
import Persistence
import Primitives
import TestSupport
import Testing

struct UploadStoreTests {
    private static let bytes = Bytes("RIFF....WAVE".utf8) + Bytes((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    private static let length = Int64(bytes.count)

    private func begin(_ studio: Studio, length: Int64 = length, owner: String = "ann") async throws -> String {
        try await studio.gateway.uploads.create(name: "part.wav", length: length, owner: owner).id
    }

    private func file(_ studio: Studio, _ upload: Upload) async throws -> StoredFile {
        try await studio.gateway.files.find(try #require(upload.file), for: .of("ann"))
    }

    @Test func piecesBecomeAFile() async throws {
        try await Studio.with { studio in
            let id = try await begin(studio)
            let half = try await studio.append(Pieces(Bytes(Self.bytes[..<10]), Bytes(Self.bytes[10..<20_000])), to: id, at: 0)
            #expect(half.offset == 20_000)
            #expect(half.file == nil)
            let done = try await studio.append(Pieces(Bytes(Self.bytes[20_000...])), to: id, at: 20_000)
            let file = try await file(studio, done)
            #expect(try studio.content(file) == Self.bytes)
            #expect(file.name == "part.wav")
            #expect(file.mediaType == "audio/wav")
            #expect(try studio.paths(in: "uploads").isEmpty)
            #expect(try await studio.gateway.uploads.find(id, for: .of("ann")).file == file.id)
            #expect(try studio.paths(in: "blobs/refs").count == 1)
        }
    }

    @Test func nothingIsAFileToo() async throws {
        try await Studio.with { studio in
            let upload = try await studio.gateway.uploads.create(name: "empty", length: 0, owner: "ann")
            #expect(try await file(studio, upload).size == 0)
        }
    }

    @Test func aBrokenConnectionKeepsWhatCame() async throws {
        try await Studio.with { studio in
            let id = try await begin(studio)
            await #expect(throws: ConnectionBroke.self) {
                try await studio.append(Pieces(Bytes(Self.bytes[..<30_000]), failure: ConnectionBroke()), to: id, at: 0)
            }
            try await studio.restart()
            #expect(try await studio.gateway.uploads.find(id, for: .of("ann")).offset == 30_000)
            let done = try await studio.append(Pieces(Bytes(Self.bytes[30_000...])), to: id, at: 30_000)
            #expect(try studio.content(try await file(studio, done)) == Self.bytes)
        }
    }

    /// Bytes that were written but never noted as safe are sent again, and not doubled.
    @Test func unsafeBytesAreCutOff() async throws {
        try await Studio.with { studio in
            let id = try await begin(studio)
            try await studio.append(Pieces(Bytes(Self.bytes[..<100])), to: id, at: 0)
            let handle = try #require(FileManager.default.contents(atPath: studio.folder.appending("uploads/" + id)))
            try (handle + Data([1, 2, 3])).write(to: URL(filePath: studio.folder.appending("uploads/" + id)))
            let done = try await studio.append(Pieces(Bytes(Self.bytes[100...])), to: id, at: 100)
            #expect(try studio.content(try await file(studio, done)) == Self.bytes)
        }
    }

    @Test(arguments: [Int64(-1), 1, 99, 101, length]) func offsetsMustFit(_ offset: Int64) async throws {
        try await Studio.with { studio in
            let id = try await begin(studio)
            try await studio.append(Pieces(Bytes(Self.bytes[..<100])), to: id, at: 0)
            await #expect(throws: GatewayError.uploadOffset(expected: 100)) {
                try await studio.append(Pieces([1]), to: id, at: offset)
            }
            #expect(try await studio.gateway.uploads.find(id, for: .of("ann")).offset == 100)
        }
    }

    @Test func moreThanAnnouncedIsRefused() async throws {
        try await Studio.with { studio in
            let id = try await begin(studio, length: 10)
            await #expect(throws: GatewayError.self) {
                try await studio.append(Pieces(Bytes(repeating: 1, count: 11)), to: id, at: 0)
            }
            #expect(try await studio.gateway.uploads.find(id, for: .of("ann")).offset == 0)
        }
    }

    @Test(arguments: UploadChecksum.Algorithm.allCases) func checksumsHold(_ algorithm: UploadChecksum.Algorithm) async throws {
        try await Studio.with { studio in
            let id = try await begin(studio)
            func checksum(_ bytes: Bytes) -> UploadChecksum {
                UploadChecksum(algorithm: algorithm, digest: algorithm == .sha1 ? SHA1.hash(bytes) : SHA256.hash(bytes))
            }
            let (first, rest) = (Bytes(Self.bytes[..<500]), Bytes(Self.bytes[500...]))
            await #expect(throws: GatewayError.uploadChecksum) {
                try await studio.append(Pieces(first), to: id, at: 0, checksum: checksum(rest))
            }
            // A part of what a checksum was to hold for is nothing.
            await #expect(throws: ConnectionBroke.self) {
                try await studio.append(Pieces(first, failure: ConnectionBroke()), to: id, at: 0, checksum: checksum(first))
            }
            #expect(try await studio.gateway.uploads.find(id, for: .of("ann")).offset == 0)
            try await studio.append(Pieces(Bytes(first[..<7]), Bytes(first[7...])), to: id, at: 0, checksum: checksum(first))
            let done = try await studio.append(Pieces(rest), to: id, at: 500, checksum: checksum(rest))
            #expect(try studio.content(try await file(studio, done)) == Self.bytes)
        }
    }

    @Test func oneRequestAtATime() async throws {
        try await Studio.with { studio in
            let id = try await begin(studio)
            let (gate, arrived) = (BoundedChannel<Bytes>(capacity: 1), BoundedChannel<Bool>(capacity: 1))
            let first = Task {
                try await studio.gateway.uploads.append(id, at: 0, checksum: nil, for: .of("ann")) {
                    _ = arrived.trySend(true)
                    return try await gate.next()
                }
            }
            _ = try await arrived.next()
            await #expect(throws: GatewayError.uploadBusy) { try await studio.append(Pieces([1]), to: id, at: 0) }
            await #expect(throws: GatewayError.uploadBusy) { try await studio.gateway.uploads.delete(id, for: .of("ann")) }
            gate.finish()
            _ = try await first.value
            try await studio.append(Pieces([1]), to: id, at: 0)
        }
    }

    @Test func anothersUploadIsNotThere() async throws {
        try await Studio.with { studio in
            let id = try await begin(studio)
            await #expect(throws: GatewayError.uploadNotFound) { try await studio.gateway.uploads.find(id, for: .of("bob")) }
            await #expect(throws: GatewayError.uploadNotFound) { try await studio.append(Pieces([1]), to: id, at: 0, owner: "bob") }
            await #expect(throws: GatewayError.uploadNotFound) { try await studio.gateway.uploads.delete(id, for: .of("bob")) }
            await #expect(throws: GatewayError.uploadNotFound) { try await studio.append(Pieces([1]), to: "../owner.key", at: 0) }
        }
    }

    @Test func terminationLeavesNothing() async throws {
        try await Studio.with { studio in
            let id = try await begin(studio)
            try await studio.append(Pieces([1, 2]), to: id, at: 0)
            try await studio.gateway.uploads.delete(id, for: .of("ann"))
            #expect(try studio.leftovers == [])
            await #expect(throws: GatewayError.uploadNotFound) { try await studio.gateway.uploads.find(id, for: .of("ann")) }
        }
    }

    @Test func uploadsExpire() async throws {
        try await Studio.with { studio in
            let id = try await begin(studio)
            try await studio.append(Pieces([1, 2]), to: id, at: 0)
            let kept = try await begin(studio)
            try await studio.database.write { try $0.execute("UPDATE upload SET expires = 1 WHERE id = ?", id) }
            await #expect(throws: GatewayError.uploadNotFound) { try await studio.gateway.uploads.find(id, for: .of("ann")) }
            try await studio.gateway.uploads.sweep()
            #expect(try studio.paths(in: "uploads") == [kept])
            #expect(try await studio.rows("upload") == 1)
        }
    }

    @Test func lengthsCountTowardsTheQuota() async throws {
        try await Studio.with(limits: FileLimits(file: .bytes(100), owner: .bytes(150))) { studio in
            await #expect(throws: GatewayError.tooLarge(limit: .bytes(100))) { try await begin(studio, length: 101) }
            await #expect(throws: GatewayError.self) { try await begin(studio, length: -1) }
            let first = try await begin(studio, length: 100)
            await #expect(throws: GatewayError.ownerQuota(limit: .bytes(150))) { try await begin(studio, length: 51) }
            _ = try await begin(studio, length: 51, owner: "bob")
            try await studio.gateway.uploads.delete(first, for: .of("ann"))
            _ = try await begin(studio, length: 51)
        }
    }

    @Test func uploadsLeaveDiskSpace() async throws {
        try await Studio.with(limits: FileLimits(minimumFree: .gib(1 << 30))) { studio in
            let id = try await begin(studio)
            await #expect(throws: UploadError.diskFull) { try await studio.append(Pieces([1]), to: id, at: 0) }
            #expect(try await studio.gateway.uploads.find(id, for: .of("ann")).offset == 0)
        }
    }

    // MARK: Crashes

    /// The quota was taken by others meanwhile: the bytes stay, and completing is tried again.
    @Test func completionCanBeTriedAgain() async throws {
        try await Studio.with(limits: FileLimits(owner: .bytes(60_000))) { studio in
            let id = try await begin(studio)
            let other = try await studio.store(Bytes(repeating: 5, count: 20_000))
            await #expect(throws: GatewayError.ownerQuota(limit: .bytes(60_000))) {
                try await studio.append(Pieces(Self.bytes), to: id, at: 0)
            }
            #expect(try await studio.gateway.uploads.find(id, for: .of("ann")).offset == Self.length)
            await #expect(throws: GatewayError.self) { try await studio.append(Pieces([1]), to: id, at: Self.length) }
            try await studio.gateway.files.delete(other.id, for: .of("ann"))
            let done = try await studio.append(Pieces(), to: id, at: Self.length)
            #expect(try studio.content(try await file(studio, done)) == Self.bytes)
            #expect(try studio.paths(in: "blobs/refs").count == 1)
        }
    }

    @Test func whatWasRefusedAtTheEndCanBeGivenUp() async throws {
        try await Studio.with(limits: FileLimits(owner: .bytes(60_000))) { studio in
            let id = try await begin(studio)
            let other = try await studio.store(Bytes(repeating: 5, count: 20_000))
            await #expect(throws: GatewayError.ownerQuota(limit: .bytes(60_000))) {
                try await studio.append(Pieces(Self.bytes), to: id, at: 0)
            }
            try await studio.gateway.uploads.delete(id, for: .of("ann"))
            try await studio.gateway.files.delete(other.id, for: .of("ann"))
            #expect(try studio.leftovers == [])
        }
    }

    enum Crash: CaseIterable, Sendable { case received, summarized, adopted, rowWritten }

    /// A crash between the last byte's note and the upload's learning of its file: the next sweep ends it, once.
    @Test(arguments: Crash.allCases) func aCrashWhileCompletingIsPutRight(_ crash: Crash) async throws {
        try await Studio.with { studio in
            let id = try await begin(studio)
            let path = studio.folder.appending("uploads/" + id)
            try await studio.append(Pieces(Bytes(Self.bytes.dropLast())), to: id, at: 0)
            switch crash {
            case .received, .summarized:
                try Data(Self.bytes).write(to: URL(filePath: path))
                try await studio.database.write { try $0.execute("UPDATE upload SET position = length") }
                guard crash == .summarized else { break }
                let digest = "sha256:" + Hex.encode(SHA256.hash(Self.bytes))
                try await studio.database.write { try $0.execute("UPDATE upload SET digest = ?, media_type = 'audio/wav'", digest) }
            case .adopted, .rowWritten:
                try await studio.append(Pieces(Bytes(Self.bytes.suffix(1))), to: id, at: Self.length - 1)
                try await studio.database.write { connection in
                    try connection.execute("UPDATE upload SET file = NULL")
                    if crash == .adopted { try connection.execute("DELETE FROM file") }
                }
            }
            try await studio.restart()
            try await studio.gateway.uploads.sweep()
            try await studio.gateway.uploads.sweep()
            let upload = try await studio.gateway.uploads.find(id, for: .of("ann"))
            #expect(try studio.content(try await file(studio, upload)) == Self.bytes)
            #expect(try await file(studio, upload).mediaType == "audio/wav")
            #expect(try await studio.rows("file") == 1)
            #expect(try studio.paths(in: "blobs/refs").count == 1)
            #expect(try studio.paths(in: "uploads").isEmpty)
        }
    }

    /// What changed on disk between the digest and the move is nobody's file.
    @Test func changedBytesAreTold() async throws {
        try await Studio.with { studio in
            let id = try await begin(studio, length: 4)
            try await studio.append(Pieces([1, 2, 3]), to: id, at: 0)
            try Data([1, 2, 3, 9]).write(to: URL(filePath: studio.folder.appending("uploads/" + id)))
            try await studio.database.write { connection in
                let digest = "sha256:" + Hex.encode(SHA256.hash([1, 2, 3, 4]))
                try connection.execute("UPDATE upload SET position = length, digest = ?, media_type = 'audio/wav'", digest)
            }
            await #expect(throws: UploadError.lost) { try await studio.append(Pieces(), to: id, at: 4) }
            #expect(try await studio.rows("file") == 0)
            #expect(try studio.paths(in: "blobs/objects").isEmpty)
        }
    }

    /// Bytes that are gone must never come back as zeros.
    @Test(arguments: [nil, 0, 99] as [Int?]) func lostBytesAreTold(_ remaining: Int?) async throws {
        try await Studio.with { studio in
            let id = try await begin(studio, length: 200)
            try await studio.append(Pieces(Bytes(repeating: 7, count: 100)), to: id, at: 0)
            let path = studio.folder.appending("uploads/" + id)
            try FileManager.default.removeItem(atPath: path)
            if let remaining { try Data(repeating: 7, count: remaining).write(to: URL(filePath: path)) }
            await #expect(throws: UploadError.lost) {
                try await studio.append(Pieces(Bytes(repeating: 7, count: 100)), to: id, at: 100)
            }
            #expect(try await studio.rows("file") == 0)
        }
    }
}
