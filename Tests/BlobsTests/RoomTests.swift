import Blobs
import FoundationEssentials
import Primitives
import Testing
import TestSupport

@Suite struct RoomTests {
    @Test func theQuotaHoldsAcrossStores() async throws {
        let scratch = try TemporaryFolder("blobs")
        let stores = [try scratch.store(quota: .bytes(2500)), try scratch.store(quota: .bytes(2500))]
        let outcomes = await withTaskGroup(of: BlobError?.self) { group in
            for number in 0..<6 {
                group.addTask {
                    do {
                        try await stores[number % 2].put(noise(1000, seed: UInt64(number + 1)), owner: .test("\(number)"))
                        return nil
                    } catch {
                        return error as? BlobError
                    }
                }
            }
            return await group.reduce(into: [BlobError?]()) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == nil }.count == 2)
        #expect(outcomes.compactMap { $0 }.allSatisfy { $0 == .quotaExceeded(quota: .bytes(2500)) && $0.code == "quota-exceeded" })
        #expect(outcomes.compactMap { $0 }.count == 4)
        #expect(await stores[0].usage().bytes == 2000)
        #expect(try scratch.files("objects").count == 2 && scratch.files("incoming") == [])
    }

    @Test func anUploadEndsWhenItPassesTheQuota() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store(quota: .mib(10))
        let writer = try await store.writer()
        let piece = noise(1 << 20)
        await #expect(throws: BlobError.quotaExceeded(quota: .mib(10))) {
            for _ in 0..<40 { try await writer.append(piece) }
        }
        #expect(try scratch.files("incoming") == [])
        await #expect(throws: BlobError.writerEnded) { try await writer.append([1]) }
    }

    @Test func whatIsThereAlreadyCountsOnce() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store(quota: .bytes(1500))
        try await store.put(noise(1000), owner: .test("one"))
        let path = try scratch.write(noise(1000), to: "same")
        _ = try await store.adopt(file: path, owner: .test("two"))
        #expect(await store.usage().bytes == 1000)
        try await store.release(digest(of: noise(1000)), owner: .test("one"))
        try await store.release(digest(of: noise(1000)), owner: .test("two"))
        try await store.put(noise(1500, seed: 2), owner: .test("three"))
    }

    @Test func theDiskKeepsItsMinimumFree() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store(minimumFree: .gib(1 << 20))
        await #expect(throws: BlobError.diskFull) { _ = try await store.writer() }
        let path = try scratch.write([1, 2, 3], to: "file")
        await #expect(throws: BlobError.diskFull) { try await store.adopt(file: path, owner: .test("one")) }
        #expect(try Bytes(Data(contentsOf: URL(filePath: path))) == [1, 2, 3])
        #expect(try scratch.files("objects") == [])
    }

    @Test(.enabled(if: SmallDisk.isAvailable, "mounting a small file system takes root"))
    func aFullDiskIsToldAndRecovered() async throws {
        let disk = try SmallDisk(size: .kib(8192))
        let root = disk.path + "/store"
        let store = try LocalBlobStore(root: root, quota: nil, minimumFree: .bytes(0))
        try await store.put(noise(1000), owner: .test("before"))
        try disk.fill(leaving: 2 << 20)

        let error = await #expect(throws: BlobError.self) { try await store.put(noise(6 << 20), owner: .test("big")) }
        #expect(error == .diskFull && error?.code == "disk-full" && error?.isRetriable == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/incoming") == [])
        #expect(await store.usage().free >= 1 << 20, "what was written is gone")
        #expect(try await store.bytes(digest(of: noise(1000))) == noise(1000))

        disk.makeRoom()
        try await store.put(noise(3 << 20), owner: .test("big"))
        #expect(await store.usage().count == 2)
    }
}
