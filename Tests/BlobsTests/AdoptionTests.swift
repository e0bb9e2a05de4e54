import Blobs
import FoundationEssentials
import Glibc
import Primitives
import Testing
import TestSupport

@Suite struct AdoptionTests {
    @Test func aFinishedFileIsTakenWithoutACopy() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let bytes = noise(800_000)
        let path = try scratch.write(bytes, to: "out.wav")
        let number = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        let blob = try await store.adopt(file: path, owner: .test("job_1"))
        #expect(blob == BlobReference(digest: digest(of: bytes), size: 800_000))
        #expect(!FileManager.default.fileExists(atPath: path))
        let object = try FileManager.default.attributesOfItem(atPath: store.localPath(blob.digest))
        #expect(object[.systemFileNumber] as? Int == number)
        #expect(object[.posixPermissions] as? Int == 0o444)
        #expect(await store.usage().bytes == 800_000)
        try await store.release(blob.digest, owner: .test("job_1"))
        #expect(try scratch.files("objects") == [])
    }

    @Test func contentThatIsThereIsNotKeptTwice() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        try await store.put(noise(1000), owner: .test("one"))
        let path = try scratch.write(noise(1000), to: "again")
        _ = try await store.adopt(file: path, owner: .test("two"))
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try scratch.files("objects").count == 1 && scratch.files("refs").count == 2)
    }

    /// Somebody could still write through the other name.
    @Test func aFileWithAnotherNameIsCopied() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let path = try scratch.write([1, 2, 3], to: "out")
        #expect(link(path, scratch.appending("other")) == 0)
        let blob = try await store.adopt(file: path, owner: .test("one"))
        _ = try scratch.write([9, 9, 9, 9], to: "other")
        #expect(try await store.bytes(blob.digest) == [1, 2, 3])
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(.enabled(if: SmallDisk.isAvailable, "mounting a small file system takes root"))
    func aFileOnAnotherFileSystemIsCopied() async throws {
        let scratch = try TemporaryFolder("blobs")
        let disk = try SmallDisk(size: .kib(4096))
        let store = try scratch.store()
        let path = disk.path + "/out"
        try Data(noise(500_000)).write(to: URL(filePath: path))
        let blob = try await store.adopt(file: path, owner: .test("one"))
        #expect(try await store.bytes(blob.digest) == noise(500_000))
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try scratch.files("incoming") == [])
    }

    @Test func onlyRegularFilesAreTaken() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let secret = try scratch.write([1], to: "secret")
        #expect(symlink(secret, scratch.appending("link")) == 0)
        #expect(mkfifo(scratch.appending("pipe"), 0o600) == 0)
        #expect(mkdir(scratch.appending("folder"), 0o700) == 0)
        for name in ["link", "pipe", "folder", "missing"] {
            let path = scratch.appending(name)
            await #expect(throws: BlobError.notAFile(path: path)) { try await store.adopt(file: path, owner: .test("one")) }
        }
        #expect(try scratch.files("objects") == [] && scratch.files("incoming") == [])
    }

    @Test func aFileThatDoesNotFitStaysAsItIs() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store(quota: .bytes(10))
        let path = try scratch.write(noise(100), to: "out")
        #expect(chmod(path, 0o640) == 0)
        await #expect(throws: BlobError.quotaExceeded(quota: .bytes(10))) { try await store.adopt(file: path, owner: .test("one")) }
        #expect(try Bytes(Data(contentsOf: URL(filePath: path))) == noise(100))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
        for part in ["objects", "refs", "incoming"] { #expect(try scratch.files(part) == []) }
    }
}
