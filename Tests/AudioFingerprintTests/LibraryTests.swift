import AudioFingerprint
import Blobs
import FoundationEssentials
import Jobs
import Persistence
import Primitives
import TestSupport
import Testing

/// The library of what jobs have heard.
@Suite(.computing) struct LibraryTests {
    /// A finished job as the owner of the jobs leaves it.
    private func finish(_ id: String, digest: String, on connection: Connection) throws {
        let files = """
            {"files":[{"digest":"\(digest)","size":1,"name":"a.json","media_type":"application/json"}],
            "measurements":{}}
            """
        let input = """
            [{"file":"file_\(id)","digest":"\(digest)","size":1,"name":"\(id).wav","media_type":"audio/wav"}]
            """
        try connection.execute(
            """
            INSERT INTO job(id, operation, owner, state, inputs, parameters, cache_key, result, created, finished, enqueued)
            VALUES (?, 'audio.fingerprint', 'ann', 'succeeded', ?, '{}', ?, ?, 1, 2, 1)
            """, id, input, id, files)
    }

    /// A result on a disk that fails: the others are taken in, lists and searches answer, and it is taken when it can be read.
    @Test func oneThatCanNotBeReadHoldsNothingUp() async throws {
        let folder = try TemporaryFolder("library")
        let database = try await Database.open(
            folder.appending("audio.sqlite"), migrations: JobStore.migrations + FingerprintLibrary.migrations)
        let blobs = try LocalBlobStore(root: folder.appending("blobs"), quota: nil, minimumFree: .bytes(0))
        let library = FingerprintLibrary(database: database, blobs: blobs)
        var digests: [String] = []
        for seed in [1, 2] as [UInt64] {
            let fingerprint = try Fingerprinting.make(Tune(seed: seed, seconds: 8))
            let file = try JSON.encode(FingerprintFile(duration: 8, fingerprint: try fingerprint.compressed()))
            let writer = try await blobs.writer()
            try await writer.append(file)
            digests.append(try await writer.commit(expecting: nil, owner: BlobOwner(service: "audio", id: "job_\(seed)")).digest)
        }
        let broken = try blobs.localPath(digests[0])
        try FileManager.default.moveItem(atPath: broken, toPath: folder.appending("kept"))
        try FileManager.default.createDirectory(atPath: broken, withIntermediateDirectories: false)
        try await database.write { [digests] connection in
            for (index, digest) in digests.enumerated() { try finish("job_\(index + 1)", digest: digest, on: connection) }
        }
        func names() async throws -> [String] {
            try await library.read { try FingerprintStore.page(owner: "ann", before: nil, limit: 9, on: $0).map(\.job) }
        }
        #expect(try await names() == ["job_2"])
        try FileManager.default.removeItem(atPath: broken)
        try FileManager.default.moveItem(atPath: folder.appending("kept"), toPath: broken)
        #expect(Set(try await names()) == ["job_1", "job_2"])
        await database.close()
    }
}
