import Messaging
import Primitives
import TestSupport
import Testing

@Suite struct KeyValueTests {
    private let fixture: Fixture

    init() async throws {
        fixture = try await Fixture.start()
    }

    private func makeBucket(history: Int = 1) async throws -> KeyValueBucket {
        try await fixture.bus.keyValue(BucketSettings(name: "settings", history: history, maximumBytes: .mib(1)))
    }

    @Test func aValueIsSetChangedAndDeleted() async throws {
        let bucket = try await makeBucket()
        #expect(try await bucket.get("limits.free") == nil)
        let first = try await bucket.put("limits.free", "10".bytes)
        let entry = try #require(try await bucket.get("limits.free"))
        #expect(entry.key == "limits.free" && entry.value == "10".bytes && entry.revision == first && entry.operation == .put)
        let second = try await bucket.put("limits.free", "20".bytes)
        #expect(second > first)
        #expect(try await bucket.get("limits.free")?.value == "20".bytes)
        try await bucket.delete("limits.free")
        #expect(try await bucket.get("limits.free") == nil)
    }

    @Test func onlyOneCreatesAKey() async throws {
        let bucket = try await makeBucket()
        let wins = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<20 {
                group.addTask {
                    await failure { try await bucket.create("leader", "\(index)".bytes) } == nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
        let error = await failure { try await bucket.create("leader", []) }
        #expect(error?.code == "revision-conflict")
        try await bucket.delete("leader")
        try await bucket.create("leader", "next".bytes)
        #expect(try await bucket.get("leader")?.value == "next".bytes)
    }

    @Test func anUpdateNeedsTheNewestRevision() async throws {
        let bucket = try await makeBucket()
        let first = try await bucket.put("a", "1".bytes)
        let second = try await bucket.update("a", "2".bytes, revision: first)
        let error = await failure { try await bucket.update("a", "3".bytes, revision: first) }
        #expect(error?.code == "revision-conflict")
        #expect(try await bucket.get("a")?.revision == second)
    }

    @Test func theKeysAreListed() async throws {
        let bucket = try await makeBucket()
        #expect(try await bucket.keys() == [])
        for index in 0..<300 { try await bucket.put("key.\(index)", "v".bytes) }
        try await bucket.delete("key.7")
        let expected = (0..<300).filter { $0 != 7 }.map { "key.\($0)" }.sorted()
        #expect(try await bucket.keys() == expected)
    }

    @Test(arguments: ["", "a b", "a..b", "a.*", ">", "ä", "a\nb"]) func keysThatCanNotBeAreRefused(key: String) async throws {
        let bucket = try await makeBucket()
        let error = await failure { try await bucket.put(key, []) }
        #expect(error?.code == "invalid-subject")
    }

    @Test func aWatchTellsWhatIsThereAndWhatChanges() async throws {
        let bucket = try await makeBucket()
        try await bucket.put("limits.free", "1".bytes)
        try await bucket.put("other", "x".bytes)
        let watch = try bucket.watch("limits.*").makeAsyncIterator()
        #expect(try await watch.next()?.value == "1".bytes)
        try await bucket.put("limits.pro", "2".bytes)
        #expect(try await watch.next()?.key == "limits.pro")
        try await bucket.delete("limits.free")
        let deletion = try #require(try await watch.next())
        #expect(deletion.key == "limits.free" && deletion.operation == .delete)
    }

    @Test func aWatchGoesOnAfterTheServersDeathWithoutGaps() async throws {
        let bucket = try await makeBucket(history: 64)
        let seen = Shared<[String]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await entry in try bucket.watch() {
                    let count = seen.change { seen in
                        seen.append(String(decoding: entry.value, as: UTF8.self))
                        return seen.count
                    }
                    if count == 40 { return }
                }
            }
            try await bucket.put("a", "0".bytes)
            // From here on the watch sees every change, not only the newest value.
            try await eventually("watching") { seen.value.count == 1 }
            for index in 1..<20 { try await bucket.put("a", "\(index)".bytes) }
            try await eventually("seen") { seen.value.count == 20 }
            fixture.server.kill()
            try await fixture.server.restart()
            for index in 20..<40 {
                try await eventually("put") {
                    await failure { try await bucket.put("a", "\(index)".bytes) } == nil
                }
            }
            try await group.waitForAll()
        }
        #expect(seen.value == (0..<40).map { "\($0)" })
    }

    @Test func aCancelledWatchEnds() async throws {
        let bucket = try await makeBucket()
        let watch = Task { () -> String in
            do {
                for try await _ in try bucket.watch() {}
                return "ended"
            } catch let error as MessagingError {
                return error.code
            }
        }
        watch.cancel()
        #expect(try await watch.value == "cancelled")
    }
}
