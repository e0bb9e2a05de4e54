import Blobs
import Primitives
import Testing
import TestSupport

@Suite struct ReadingTests {
    @Test(arguments: [0..<0, 0..<1, 5..<9, 262_140..<262_150, 0..<600_000, 599_999..<600_000, 600_000..<600_000] as [Range<Int64>])
    func rangesAreExact(_ range: Range<Int64>) async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let bytes = noise(600_000)
        let blob = try await store.put(bytes, owner: .test("one"))
        #expect(try await store.bytes(blob.digest, range: range) == Bytes(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
    }

    @Test(arguments: [-1..<3, 0..<11, 11..<12] as [Range<Int64>])
    func rangesOutsideAreRefused(_ range: Range<Int64>) async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let blob = try await store.put(noise(10), owner: .test("one"))
        await #expect(throws: BlobError.invalidRange(size: 10)) { _ = try await store.bytes(blob.digest, range: range) }
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let missing = digest(of: [1])
        #expect(throws: BlobError.notFound(digest: missing)) { try store.localPath(missing) }
        await #expect(throws: BlobError.notFound(digest: missing)) { _ = try await store.bytes(missing) }
        await #expect(throws: BlobError.notFound(digest: missing)) { try await store.retain(missing, owner: .test("one")) }
        try await store.release(missing, owner: .test("one"))
        #expect(try scratch.files("refs") == [])
    }

    @Test func aBlobIsReadToItsEndThoughItIsRemoved() async throws {
        let scratch = try TemporaryFolder("blobs")
        let store = try scratch.store()
        let bytes = noise(1 << 20)
        let blob = try await store.put(bytes, owner: .test("one"))
        var found: Bytes = []
        for try await chunk in store.read(blob.digest) {
            if found.isEmpty { try await store.release(blob.digest, owner: .test("one")) }
            found += chunk
        }
        #expect(found == bytes)
        #expect(try scratch.files("objects") == [])
    }
}
