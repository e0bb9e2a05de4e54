import Blobs
import FoundationEssentials
import Glibc
import Primitives
import Testing
import TestSupport

@Suite struct OwnershipTests {
    @Test func theLastOwnerTakesTheBlobAlongAcrossStores() async throws {
        let scratch = try TemporaryFolder("blobs")
        let (gateway, audio) = (try scratch.store(), try scratch.store())
        let blob = try await gateway.put(noise(1000), owner: BlobOwner(service: "gateway", id: "file_1"))
        for _ in 0..<2 { try await audio.retain(blob.digest, owner: BlobOwner(service: "audio", id: "job_1")) }
        for _ in 0..<2 { try await gateway.release(blob.digest, owner: BlobOwner(service: "gateway", id: "file_1")) }
        #expect(try await audio.bytes(blob.digest) == noise(1000))
        try await audio.release(blob.digest, owner: BlobOwner(service: "audio", id: "job_1"))
        #expect(throws: BlobError.notFound(digest: blob.digest)) { try gateway.localPath(blob.digest) }
        #expect(try scratch.files("refs") == [] && scratch.files("objects") == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.root + "/refs/audio") == [])
        let usage = await gateway.usage()
        #expect(usage.bytes == 0 && usage.count == 0)
    }

    @Test func holdsStayTrueUnderContention() async throws {
        let scratch = try TemporaryFolder("blobs")
        let stores = [try scratch.store(), try scratch.store(), try scratch.store()]
        let contents = (0..<3).map { noise(5000, seed: $0 + 1) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<9 {
                group.addTask {
                    let (store, other) = (stores[worker % 3], stores[(worker + 1) % 3])
                    for round in 0..<8 {
                        let bytes = contents[(worker + round) % 3]
                        let owners = (BlobOwner.test("a\(worker)"), BlobOwner.test("b\(worker)"))
                        let blob = try await store.put(bytes, owner: owners.0)
                        try await other.retain(blob.digest, owner: owners.1)
                        try await store.release(blob.digest, owner: owners.0)
                        // Held by b all the time, whatever the others do.
                        #expect(try await store.bytes(blob.digest) == bytes)
                        try await other.release(blob.digest, owner: owners.1)
                    }
                }
            }
            try await group.waitForAll()
        }
        for part in ["objects", "refs", "incoming"] { #expect(try scratch.files(part) == []) }
        let usage = await stores[0].usage()
        #expect(usage.bytes == 0 && usage.count == 0)
    }

    @Test func aBlobThatCanNotBeHeldIsNotKept() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        _ = try scratch.write([], to: "store/refs/blocked")
        await #expect(throws: BlobError.self) { try await store.put(noise(100), owner: BlobOwner(service: "blocked", id: "one")) }
        #expect(try scratch.files("objects") == [] && scratch.files("incoming") == [])
        let usage = await store.usage()
        #expect(usage.bytes == 0 && usage.count == 0)
    }

    private static var linkLimit: Int { pathconf(FileManager.default.temporaryDirectory.path, Int32(_PC_LINK_MAX)) }

    /// ext4 allows 65,000 links of a file; a popular input may have more owners.
    @Test(.enabled(if: linkLimit <= 65_000, "this file system has no limit that a test could reach"))
    func holdsGoOnBeyondTheLimitOfLinks() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let blob = try await store.put([7], owner: .test("first"))
        let object = try store.localPath(blob.digest)
        let links = scratch.root + "/refs/test/" + blob.digest.dropFirst(7)
        for number in 2..<Self.linkLimit { #expect(link(object, "\(links)/many_\(number)") == 0) }
        for id in ["beyond_1", "beyond_2"] { try await store.retain(blob.digest, owner: .test(id)) }
        for number in 2..<Self.linkLimit { #expect(unlink("\(links)/many_\(number)") == 0) }
        try await store.release(blob.digest, owner: .test("first"))
        try await store.release(blob.digest, owner: .test("beyond_1"))
        try await store.sweep(olderThan: .zero)
        #expect(try await store.bytes(blob.digest) == [7])
        try await store.release(blob.digest, owner: .test("beyond_2"))
        #expect(try scratch.files("objects") == [] && scratch.files("refs") == [])
    }
}
