import Blobs
import Contracts
import Cryptography
import GatewayCore
import Persistence
import Primitives
import Testing

struct FileStoreTests {
    private static let wav = Bytes("RIFF....WAVEfmt ".utf8)

    @Test func aFileIsKeptAsGiven() async throws {
        try await Studio.with { studio in
            let file = try await studio.store(Self.wav, name: "it's \"quoted\" ü.wav")
            #expect(file.name == "it's \"quoted\" ü.wav")
            #expect(file.mediaType == "audio/wav")
            #expect(file.size == 16)
            #expect(file.digest == "sha256:" + Hex.encode(SHA256.hash(Self.wav)))
            #expect(try studio.content(file) == Self.wav)
            #expect(try await studio.gateway.files.find(file.id, for: .of("ann")) == file)
            #expect(try studio.paths(in: "blobs/incoming").isEmpty)
        }
    }

    @Test func anEmptyFileIsAFile() async throws {
        try await Studio.with { studio in
            let file = try await studio.store([])
            #expect(file.size == 0)
            #expect(try studio.content(file).isEmpty)
        }
    }

    @Test func anothersFileIsNotThere() async throws {
        try await Studio.with { studio in
            let files = studio.gateway.files
            let file = try await studio.store(Self.wav)
            await #expect(throws: GatewayError.fileNotFound) { try await files.find(file.id, for: .of("bob")) }
            await #expect(throws: GatewayError.fileNotFound) { try await files.delete(file.id, for: .of("bob")) }
            await #expect(throws: GatewayError.fileNotFound) { try await files.find(file.id, owner: "bob", isAdministrator: false) }
            await #expect(throws: GatewayError.fileNotFound) { try await files.find("file_unknown", for: .administrator) }
            #expect(try await files.page(for: .of("bob"), before: nil, limit: 50).isEmpty)
            #expect(try await files.find(file.id, for: .administrator) == file)
        }
    }

    enum Refusal: String, CaseIterable, Sendable {
        case name, digest, tooLarge, announcedTooLarge, ownerQuota, announcedQuota, count, broken
    }

    @Test(arguments: Refusal.allCases) func whatIsRefusedLeavesNothing(_ refusal: Refusal) async throws {
        let limits = FileLimits(file: .bytes(1000), owner: .bytes(1500), count: 2)
        try await Studio.with(limits: limits) { studio in
            let small = Bytes(repeating: 1, count: 600)
            let error = await #expect(throws: (any Error).self) {
                switch refusal {
                case .name: try await studio.store(small, name: "a/b")
                case .digest: try await studio.store(small, expecting: "sha256:" + String(repeating: "0", count: 64))
                case .tooLarge: try await studio.store(Bytes(repeating: 1, count: 1001))
                case .announcedTooLarge: try await studio.store([], size: 1001)
                case .ownerQuota:
                    for value: UInt8 in 0..<2 {
                        try await studio.gateway.files.delete(try await studio.store([value]).id, for: .of("ann"))
                    }
                    let first = try await studio.store(Bytes(repeating: 2, count: 1000))
                    defer { #expect(first.size == 1000) }
                    do {
                        try await studio.store(small)
                    } catch {
                        try await studio.gateway.files.delete(first.id, for: .of("ann"))
                        throw error
                    }
                case .announcedQuota:
                    let first = try await studio.store(Bytes(repeating: 2, count: 1000))
                    do {
                        try await studio.store(small, size: 600)
                    } catch {
                        try await studio.gateway.files.delete(first.id, for: .of("ann"))
                        throw error
                    }
                case .count:
                    let files = [try await studio.store([1]), try await studio.store([2])]
                    do {
                        try await studio.store([3])
                    } catch {
                        for file in files { try await studio.gateway.files.delete(file.id, for: .of("ann")) }
                        throw error
                    }
                case .broken:
                    var pieces = Pieces(small, failure: ConnectionBroke())
                    _ = try await studio.gateway.files.store(name: "a", owner: "ann", expecting: nil) { try pieces.next() }
                }
            }
            let codes: [Refusal: String] = [
                .name: "invalid-file-name", .digest: "digest-mismatch", .tooLarge: "file-too-large",
                .announcedTooLarge: "file-too-large",
                .ownerQuota: "quota-exceeded", .announcedQuota: "quota-exceeded", .count: "quota-exceeded",
            ]
            #expect((error as? any CodedError)?.code == codes[refusal])
            let (leftovers, rows) = (try studio.leftovers, try await studio.rows("file"))
            #expect(leftovers == [])
            #expect(rows == 0)
        }
    }

    @Test func quotasCountWhatIsThere() async throws {
        try await Studio.with(limits: FileLimits(owner: .bytes(100))) { studio in
            let first = try await studio.store(Bytes(repeating: 1, count: 100))
            await #expect(throws: GatewayError.ownerQuota(limit: .bytes(100))) { try await studio.store([1]) }
            // Another owner's quota is another's.
            try await studio.store([1], owner: "bob")
            try await studio.gateway.files.delete(first.id, for: .of("ann"))
            try await studio.store(Bytes(repeating: 2, count: 100))
        }
    }

    @Test func aFullStoreIsToldAndRecovers() async throws {
        try await Studio.with(quota: .kib(64)) { studio in
            let first = try await studio.store(Bytes(repeating: 1, count: 60_000))
            let error = await #expect(throws: BlobError.self) { try await studio.store(Bytes(repeating: 2, count: 60_000)) }
            #expect(error?.code == "quota-exceeded")
            try await studio.gateway.files.delete(first.id, for: .of("ann"))
            try await studio.store(Bytes(repeating: 2, count: 60_000))
        }
        try await Studio.with(minimumFree: .gib(1 << 30)) { studio in
            await #expect(throws: BlobError.diskFull) { try await studio.store([1]) }
            let leftovers = try studio.leftovers
            #expect(leftovers == [])
        }
    }

    @Test func equalBytesAreStoredOnceAndDeletedLast() async throws {
        try await Studio.with { studio in
            let (first, second) = (try await studio.store(Self.wav), try await studio.store(Self.wav, owner: "bob"))
            #expect(try studio.paths(in: "blobs/objects").count == 1)
            try await studio.gateway.files.delete(first.id, for: .of("ann"))
            #expect(try studio.content(second) == Self.wav)
            try await studio.gateway.files.delete(second.id, for: .of("bob"))
            #expect(try studio.leftovers == [])
            #expect(try await studio.rows("releasing") == 0)
        }
    }

    @Test func pagesAreCompleteAndNewestFirst() async throws {
        try await Studio.with { studio in
            var ids: [String] = []
            for number in 0..<11 { ids.append(try await studio.store([UInt8(number)]).id) }
            var (seen, cursor): ([String], String?) = ([], nil)
            while true {
                let page = try await studio.gateway.files.page(for: .of("ann"), before: cursor, limit: 4)
                seen += page.map(\.id)
                guard page.count == 4 else { break }
                cursor = page.last?.id
            }
            #expect(Set(seen) == Set(ids))
            #expect(seen == seen.sorted(by: >))
            #expect(seen.count == 11)
        }
    }

    @Test func filesExpire() async throws {
        try await Studio.with(limits: FileLimits(retention: .seconds(-1))) { studio in
            let file = try await studio.store(Self.wav)
            await #expect(throws: GatewayError.fileNotFound) { try await studio.gateway.files.find(file.id, for: .of("ann")) }
            #expect(try await studio.gateway.files.page(for: .of("ann"), before: nil, limit: 50).isEmpty)
            try await studio.gateway.files.sweep()
            #expect(try await studio.rows("file") == 0)
            #expect(try studio.leftovers == [])
        }
    }

    /// A crash after a deletion's commit and before the blob is let go of.
    @Test func theSweepLetsGoOfWhatACrashLeft() async throws {
        try await Studio.with { studio in
            let file = try await studio.store(Self.wav)
            try await studio.database.write { connection in
                try connection.execute("DELETE FROM file WHERE id = ?", file.id)
                try connection.execute("INSERT INTO releasing VALUES (?, ?)", file.id, file.digest)
            }
            #expect(try !studio.leftovers.isEmpty)
            try await studio.gateway.files.sweep()
            #expect(try studio.leftovers == [])
            #expect(try await studio.rows("releasing") == 0)
        }
    }

    /// A crash after a blob is stored and before its row is written.
    @Test func blobsWithoutARowAreReclaimed() async throws {
        try await Studio.with { studio in
            let kept = try await studio.store(Self.wav)
            let lost = try await studio.store(Self.wav + [1, 2, 3], name: "lost.wav")
            try await studio.database.write { try $0.execute("DELETE FROM file WHERE id = ?", lost.id) }
            try await studio.gateway.files.reclaim(olderThan: .zero)
            #expect(try studio.content(kept) == Self.wav)
            #expect(throws: BlobError.notFound(digest: lost.digest)) { try studio.blobs.localPath(lost.digest) }
        }
    }

    // MARK: Files that services register

    private func output(_ studio: Studio, _ bytes: Bytes = [9, 9, 9], name: String = "out.m4a") async throws -> JobFile {
        let writer = try await studio.blobs.writer()
        try await writer.append(bytes)
        let blob = try await writer.commit(expecting: nil, owner: BlobOwner(service: "audio", id: "job_1"))
        return JobFile(file: nil, digest: blob.digest, size: blob.size, name: name, mediaType: "audio/mp4")
    }

    @Test func aRegisteredBlobOutlivesItsJob() async throws {
        try await Studio.with { studio in
            let output = try await output(studio)
            let file = try await studio.gateway.files.register(output, owner: "ann", key: "job_1/0", origin: "job_1")
            try await studio.blobs.release(output.digest, owner: BlobOwner(service: "audio", id: "job_1"))
            #expect(try studio.content(file) == [9, 9, 9])
            #expect(file.origin == "job_1")
            #expect(file.mediaType == "audio/mp4")
            #expect(file.jobFile == JobFile(file: file.id, digest: output.digest, size: 3, name: "out.m4a", mediaType: "audio/mp4"))
        }
    }

    @Test func theSameKeyGivesTheSameFile() async throws {
        try await Studio.with { studio in
            let output = try await output(studio)
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        try await studio.gateway.files.register(output, owner: "ann", key: "job_1/0", origin: "job_1").id
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(try studio.paths(in: "blobs/refs/gateway").count == 1)
        }
    }

    @Test func registeringWhatCanNotBeLeavesNothing() async throws {
        try await Studio.with(limits: FileLimits(owner: .bytes(2))) { studio in
            let files = studio.gateway.files
            let good = try await output(studio)
            let badName = try await output(studio, name: "a/b")
            await #expect(throws: GatewayError.self) { try await files.register(badName, owner: "ann", key: "1", origin: "job_1") }
            await #expect(throws: GatewayError.ownerQuota(limit: .bytes(2))) {
                try await files.register(good, owner: "ann", key: "2", origin: "job_1")
            }
            var missing = good
            missing.digest = "sha256:" + String(repeating: "0", count: 64)
            await #expect(throws: BlobError.self) { try await files.register(missing, owner: "ann", key: "3", origin: "job_1") }
            #expect(try studio.paths(in: "blobs/refs").allSatisfy { $0.hasPrefix("audio/") })
            #expect(try await studio.rows("file") == 0)
        }
    }
}
