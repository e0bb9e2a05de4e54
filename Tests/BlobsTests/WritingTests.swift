import Blobs
import FoundationEssentials
import Primitives
import Testing
import TestSupport

@Suite struct WritingTests {
    @Test(arguments: [0, 1, 262_143, 262_144, 262_145, 3 << 20])
    func bytesComeBackUnderTheirDigest(_ count: Int) async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let bytes = noise(count)
        let blob = try await store.put(bytes, owner: .test("one"))
        #expect(blob == BlobReference(digest: digest(of: bytes), size: Int64(count)))
        #expect(try await store.bytes(blob.digest) == bytes)
        let path = try store.localPath(blob.digest)
        #expect(try Bytes(Data(contentsOf: URL(filePath: path))) == bytes)
        let hex = blob.digest.dropFirst(7)
        #expect(path.hasSuffix("/objects/\(hex.prefix(2))/\(hex)"))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o444)
        #expect(try scratch.files("incoming") == [])
        #expect(try scratch.files("refs") == ["test/\(hex)/one"])
        let usage = await store.usage()
        #expect(usage.bytes == Int64(count) && usage.count == 1 && usage.free > 0)
    }

    @Test func identicalUploadsAtOnceGiveOneObject() async throws {
        let scratch = try TemporaryFolder("blobs")
        let stores = [try scratch.store(), try scratch.store()]
        let bytes = noise(700_000)
        let blobs = try await withThrowingTaskGroup(of: BlobReference.self) { group in
            for number in 0..<16 { group.addTask { try await stores[number % 2].put(bytes, owner: .test("job_\(number)")) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(blobs == [BlobReference(digest: digest(of: bytes), size: 700_000)])
        #expect(try scratch.files("objects").count == 1)
        #expect(try scratch.files("refs").count == 16)
        #expect(try scratch.files("incoming") == [])
        #expect(await stores[0].usage().bytes == 700_000)
    }

    @Test func aWrongDigestLeavesNothing() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let writer = try await store.writer()
        try await writer.append(noise(300_000))
        let expected = digest(of: [1])
        let error = await #expect(throws: BlobError.self) { try await writer.commit(expecting: expected, owner: .test("one")) }
        #expect(error?.code == "digest-mismatch" && error?.message.contains(expected) == true)
        for part in ["objects", "refs", "incoming"] { #expect(try scratch.files(part) == []) }
        #expect(await store.usage().bytes == 0)
        await #expect(throws: BlobError.writerEnded) { try await writer.commit(owner: .test("one")) }
        await #expect(throws: BlobError.writerEnded) { try await writer.append([1]) }
        await writer.abort()
    }

    @Test func theRightDigestIsAccepted() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let writer = try await store.writer()
        try await writer.append([1, 2, 3])
        let blob = try await writer.commit(expecting: digest(of: [1, 2, 3]), owner: .test("one"))
        #expect(blob.size == 3)
    }

    @Test func givenUpAndDroppedUploadsLeaveNothing() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let given = try await store.writer()
        try await given.append(noise(600_000))
        #expect(try scratch.files("incoming").count == 1)
        await given.abort()
        #expect(try scratch.files("incoming") == [])

        var dropped: (any BlobWriter)? = try await store.writer()
        try await dropped?.append(noise(600_000))
        #expect(try scratch.files("incoming").count == 1)
        dropped = nil
        try await eventually("the dropped upload is removed") { try scratch.files("incoming") == [] }
    }

    @Test(arguments: [
        "", "sha256:", "sha256:abc", "sha256:../../../../etc/passwd", "sha256:" + String(repeating: "A", count: 64),
        "sha256:" + String(repeating: "a", count: 63) + "/", "sha256:" + String(repeating: "a", count: 65),
        "md5:" + String(repeating: "a", count: 64), String(repeating: "a", count: 64),
        "sha256:" + String(repeating: "é", count: 32),
    ])
    func malformedDigestsAreRefused(_ text: String) async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        #expect(throws: BlobError.invalidDigest(text)) { try store.localPath(text) }
        await #expect(throws: BlobError.invalidDigest(text)) { try await store.retain(text, owner: .test("one")) }
        await #expect(throws: BlobError.invalidDigest(text)) { try await store.release(text, owner: .test("one")) }
        await #expect(throws: BlobError.invalidDigest(text)) { _ = try await store.bytes(text) }
        let writer = try await store.writer()
        await #expect(throws: BlobError.invalidDigest(text)) { try await writer.commit(expecting: text, owner: .test("one")) }
        #expect(try scratch.files("incoming") == [])
    }

    @Test(arguments: ["", ".", "..", ".hidden", "a/b", "../a", "a\u{0}b", "a b", "ä", String(repeating: "a", count: 129)])
    func ownersThatAreNoNamesAreRefused(_ name: String) async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let blob = try await store.put([1], owner: .test("one"))
        for owner in [BlobOwner(service: name, id: "a"), BlobOwner(service: "a", id: name)] {
            await #expect(throws: BlobError.invalidOwner(name)) { try await store.retain(blob.digest, owner: owner) }
            await #expect(throws: BlobError.invalidOwner(name)) { try await store.put([2], owner: owner) }
        }
        #expect(try scratch.files("incoming") == [])
        #expect(try scratch.files("objects").count == 1)
    }
}
