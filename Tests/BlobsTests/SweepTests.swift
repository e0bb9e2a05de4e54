import Blobs
import FoundationEssentials
import Glibc
import Primitives
import Testing
import TestSupport

@Suite struct SweepTests {
    private func age(_ path: String, seconds: Int) throws {
        let modified = Date(timeIntervalSinceNow: -Double(seconds))
        try FileManager.default.setAttributes([.modificationDate: modified], ofItemAtPath: path)
    }

    @Test func abandonedUploadsGoAndLivingOnesStay() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        // What a killed process leaves: a file that nobody has locked.
        for (name, seconds) in [("old", 7200), ("young", 60)] {
            try age(try scratch.write(noise(500), to: "store/incoming/" + name), seconds: seconds)
        }
        let writer = try await scratch.store().writer()
        try await writer.append(noise(300_000))
        let living = try #require(try scratch.files("incoming").first { $0 != "old" && $0 != "young" })
        try age(scratch.root + "/incoming/" + living, seconds: 7200)

        let sweep = try await store.sweep(olderThan: .hours(1))
        #expect(sweep.partials == 1 && sweep.blobs == 0 && sweep.bytes == 500)
        #expect(try scratch.files("incoming") == [living, "young"].sorted())
        let blob = try await writer.commit(owner: .test("one"))
        #expect(try await store.bytes(blob.digest) == noise(300_000))
    }

    /// What a crash between making the object and its first hold leaves.
    @Test func blobsThatNobodyHoldsGoAndTheCountIsTrueAgain() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store(quota: .bytes(10_000))
        let kept = try await store.put(noise(2000), owner: .test("one"))
        let left = try await store.put(noise(3000, seed: 2), owner: .test("two"))
        try FileManager.default.removeItem(atPath: scratch.root + "/refs/test/" + left.digest.dropFirst(7))
        // A stranger's file in the folder of the objects is none of the store's business.
        let strange = "store/objects/" + left.digest.dropFirst(7).prefix(2) + "/README"
        _ = try scratch.write([1], to: strange)

        let sweep = try await store.sweep(olderThan: .hours(1))
        #expect(sweep.blobs == 1 && sweep.partials == 0 && sweep.bytes == 3000)
        #expect(try await store.bytes(kept.digest) == noise(2000))
        #expect(throws: BlobError.notFound(digest: left.digest)) { try store.localPath(left.digest) }
        #expect(FileManager.default.fileExists(atPath: scratch.appending(strange)))
        let usage = await store.usage()
        #expect(usage.bytes == 2000 && usage.count == 1)
    }

    /// What a crash between a hold and its owner's row leaves.
    @Test func holdsOfUnknownOwnersAreGivenUp() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let shared = try await store.put(noise(2000), owner: .test("known"))
        try await store.retain(shared.digest, owner: .test("unknown"))
        let orphan = try await store.put(noise(500, seed: 2), owner: .test("gone"))
        try await store.retain(orphan.digest, owner: .test("gone-too"))
        let other = try await store.put(noise(700, seed: 3), owner: BlobOwner(service: "other", id: "unknown"))

        let known: @Sendable ([String]) -> Set<String> = { Set($0).intersection(["known"]) }
        #expect(try await store.reclaim(service: "test", olderThan: .hours(1), known: known) == 0)
        #expect(try await store.reclaim(service: "nobody", olderThan: .zero, known: known) == 0)
        #expect(try await store.reclaim(service: "test", olderThan: .zero, known: known) == 3)
        #expect(try await store.bytes(shared.digest) == noise(2000))
        #expect(try await store.bytes(other.digest) == noise(700, seed: 3))
        #expect(throws: BlobError.notFound(digest: orphan.digest)) { try store.localPath(orphan.digest) }
        #expect(await store.usage().count == 2)
    }

    @Test(arguments: [Bytes(), Bytes(repeating: 255, count: 7)])
    func aDamagedLedgerIsWrittenAnew(_ damage: Bytes) async throws {
        let scratch = try TemporaryFolder("blobs")
        var store = try scratch.store()
        try await store.put(noise(2000), owner: .test("one"))
        try await store.put(noise(500, seed: 2), owner: .test("two"))
        _ = try scratch.write(damage, to: "store/usage")
        store = try scratch.store()
        let usage = await store.usage()
        #expect(usage.bytes == 2500 && usage.count == 2)
    }

    @Test func sweepingDoesNotDisturbWriters() async throws {
        let scratch = try TemporaryFolder("blobs")
        let (store, other) = (try scratch.store(), try scratch.store())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for round in 0..<6 {
                        let bytes = noise(1000, seed: UInt64(worker * 100 + round + 1))
                        let blob = try await store.put(bytes, owner: .test("w\(worker)_\(round)"))
                        #expect(try await store.bytes(blob.digest) == bytes)
                    }
                }
            }
            group.addTask { for _ in 0..<4 { try await other.sweep(olderThan: .zero) } }
            try await group.waitForAll()
        }
        let usage = await store.usage()
        #expect(usage.bytes == 24_000 && usage.count == 24)
        #expect(try scratch.files("objects").count == 24)
    }
}
