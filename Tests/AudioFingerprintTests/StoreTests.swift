import AudioFingerprint
import Persistence
import Primitives
import TestSupport
import Testing

/// The store of known sounds.
@Suite(.computing) struct StoreTests {
    private let folder: TemporaryFolder
    private static let owner = "own_a"

    init() throws {
        folder = try TemporaryFolder("fingerprints")
    }

    private func open() async throws -> Database {
        try await Database.open(folder.appending("store.sqlite"), migrations: FingerprintStore.migrations, durability: .normal)
    }

    private func entry(_ name: String, _ fingerprint: Fingerprint) -> FingerprintEntry {
        FingerprintEntry(
            id: Identifier.make("fp"), file: "file_" + name, name: name, job: "job_" + name, duration: fingerprint.duration,
            created: .now())
    }

    @discardableResult
    private func add(
        _ name: String, _ fingerprint: Fingerprint, to database: Database, owner: String = owner
    ) async throws -> FingerprintEntry {
        let entry = entry(name, fingerprint)
        try await database.write { try FingerprintStore.add(fingerprint, as: entry, owner: owner, on: $0) }
        return entry
    }

    private func search(
        _ fingerprint: Fingerprint, in database: Database, owner: String = owner
    ) async throws -> [FingerprintFinding] {
        try await database.read { try FingerprintStore.search(fingerprint, owner: owner, limit: 10, on: $0) }
    }

    private func rows(_ table: String, _ database: Database) async throws -> Int64? {
        try await database.read { try $0.first("SELECT count(*) AS n FROM \(table)") { try $0.integer("n") } }
    }

    @Test func findsAClipAmongOthers() async throws {
        let database = try await open()
        var tunes: [Tune] = []
        for seed in 70..<78 as Range<UInt64> {
            tunes.append(Tune(seed: seed, seconds: 24))
            try await add("\(seed)", Fingerprinting.make(tunes[tunes.count - 1]), to: database)
        }
        let path = folder.appending("clip.mp3")
        try await tunes[5].write(path, ["-ss", "6.6", "-t", "12", "-b:a", "64k"])
        let found = try await search(try await Fingerprinting.run(path).whole, in: database)
        #expect(found.map(\.entry.name) == ["75"])
        let match = try #require(found.first?.match)
        #expect(abs(match.offset - 6.6) < 0.2 && abs(match.duration - 12) < 1 && match.score > 0.8, "\(match)")
        #expect(try await search(Fingerprinting.make(Tune(seed: 90, seconds: 12)), in: database).isEmpty)
        await database.close()
    }

    @Test func ownersDoNotSeeEachOther() async throws {
        let database = try await open()
        let fingerprint = try Fingerprinting.make(Tune(seed: 80, seconds: 10))
        let theirs = try await add("theirs", fingerprint, to: database, owner: "own_b")
        #expect(try await search(fingerprint, in: database).isEmpty)
        try await add("mine", fingerprint, to: database)
        #expect(try await search(fingerprint, in: database).map(\.entry.name) == ["mine"])
        let (owner, id) = (Self.owner, theirs.id)
        #expect(try await database.write { try FingerprintStore.remove(id, owner: owner, on: $0) } == false)
        #expect(try await database.read { try FingerprintStore.find(id, owner: owner, on: $0)?.0 } == nil)
        #expect(try await database.read { try FingerprintStore.page(owner: owner, before: nil, limit: 9, on: $0).count } == 1)
        let pairs = try await database.read { try FingerprintStore.duplicates(owner: owner, coverage: 0, limit: 9, on: $0) }
        #expect(pairs.isEmpty, "equal files of two owners are no duplicates")
        await database.close()
    }

    @Test func removedIsGone() async throws {
        let database = try await open()
        let fingerprint = try Fingerprinting.make(Tune(seed: 81, seconds: 10))
        let (first, second) = (
            try await add("first", fingerprint, to: database), try await add("second", fingerprint, to: database)
        )
        let owner = Self.owner
        #expect(try await rows("fingerprint_duplicate", database) == 1)
        #expect(try await database.write { try FingerprintStore.remove(first.id, owner: owner, on: $0) })
        #expect(try await search(fingerprint, in: database).map(\.entry) == [second])
        #expect(try await rows("fingerprint_duplicate", database) == 0)
        #expect(try await database.write { try FingerprintStore.remove(second.id, owner: owner, on: $0) })
        for table in ["fingerprint", "fingerprint_term"] { #expect(try await rows(table, database) == 0, "\(table)") }
        #expect(try await database.write { try FingerprintStore.remove(second.id, owner: owner, on: $0) } == false)
        await database.close()
    }

    @Test func duplicatesAreToldWithTheirShare() async throws {
        let database = try await open()
        let (tune, other) = (Tune(seed: 82, seconds: 30), Tune(seed: 83, seconds: 30))
        let whole = try await add("whole", Fingerprinting.make(tune), to: database)
        try await add("other", Fingerprinting.make(other), to: database)
        let clip = try await add(
            "clip", Fingerprinting.make(Array(tune.quantized[(10 * Tune.rate)..<(20 * Tune.rate)])), to: database)
        let mixed = Array(tune.quantized[..<(8 * Tune.rate)]) + Array(other.quantized[(8 * Tune.rate)...])
        let edit = try await add("edit", Fingerprinting.make(mixed), to: database)
        func pairs(_ coverage: Double) async throws -> [FingerprintDuplicate] {
            try await database.read { try FingerprintStore.duplicates(owner: Self.owner, coverage: coverage, limit: 9, on: $0) }
        }
        let most = try await pairs(0.9)
        #expect(most.map { Set([$0.first.id, $0.second.id]) } == [[whole.id, clip.id]])
        #expect(abs(try #require(most.first).match.offset - 10) < 0.2)
        let all = try await pairs(0)
        #expect(
            Set(all.map { [$0.first.name, $0.second.name].sorted().joined(separator: " ") }) == [
                "clip whole", "edit other", "edit whole",
            ])
        #expect(all.first?.first == edit)
        #expect(try await pairs(0.5).count == 2)
        await database.close()
    }

    @Test func aFileIsKeptOnce() async throws {
        let database = try await open()
        try await add("same", Fingerprinting.make(Tune(seed: 84, seconds: 10)), to: database)
        let later = Fingerprint(items: try Fingerprinting.make(Tune(seed: 85, seconds: 10)).items)
        let second = try await add("same", later, to: database)
        let owner = Self.owner
        let page = try await database.read { try FingerprintStore.page(owner: owner, before: nil, limit: 9, on: $0) }
        #expect(page == [second])
        #expect(try await search(Fingerprinting.make(Tune(seed: 84, seconds: 10)), in: database).isEmpty)
        await database.close()
    }

    @Test func pagesFollowOneAnother() async throws {
        let database = try await open()
        let fingerprint = Fingerprint(items: [1, 2, 3])
        var ids: [String] = []
        for number in 0..<5 { ids.insert(try await add("\(number)", fingerprint, to: database).id, at: 0) }
        let owner = Self.owner
        let first = try await database.read { try FingerprintStore.page(owner: owner, before: nil, limit: 3, on: $0).map(\.id) }
        let second = try await database.read {
            try FingerprintStore.page(owner: owner, before: first[2], limit: 3, on: $0).map(\.id)
        }
        #expect(first + second == ids.sorted(by: >))
        await database.close()
    }

    /// A day takes more terms than are looked up at a time: what is heard at its end is found all the same.
    @Test func longQueriesAreLookedUpInParts() async throws {
        let database = try await open()
        let jingle = try Fingerprinting.make(Tune(seed: 87, seconds: 12))
        let known = try await add("jingle", jingle, to: database)
        var state: UInt64 = 5
        var day = (0..<40_000).map { _ -> UInt32 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt32(truncatingIfNeeded: state >> 32)
        }
        let place = day.count - jingle.items.count
        day.replaceSubrange(place..., with: jingle.items)
        let found = try await search(Fingerprint(items: day), in: database)
        #expect(found.map(\.entry) == [known])
        #expect(found.first?.match.score == 1)
        await database.close()
    }

    /// A jingle that every file begins with is still found, and the search stays bounded.
    @Test func manyFilesMayShareASound() async throws {
        let database = try await open()
        let jingle = try Fingerprinting.make(Tune(seed: 86, seconds: 10))
        for number in 0..<80 { try await add("\(number)", jingle, to: database) }
        let found = try await database.read { try FingerprintStore.search(jingle, owner: Self.owner, limit: 100, on: $0) }
        #expect(found.count == 64 && found.allSatisfy { $0.match.score == 1 })
        await database.close()
    }
}
