import Persistence
import Primitives
import Testing
import TestSupport

@Suite struct DiskFullTests {
    @Test(.enabled(if: SmallDisk.isAvailable, "mounting a small file system takes root"))
    func aFullDiskIsToldAndRecovered() async throws {
        let disk = try SmallDisk(size: .kib(8192))
        let database = try await Database.open(disk.path + "/test.sqlite", migrations: [.numbers])
        try disk.fill(leaving: 2 << 20)

        let outcomes = await withTaskGroup(of: (Int, DatabaseError?).self) { group in
            for value in 0..<100 {
                group.addTask {
                    do {
                        try await database.write { try $0.insertNumber(value, filling: Bytes(repeating: 3, count: 64 << 10)) }
                        return (value, nil)
                    } catch {
                        return (value, error as? DatabaseError)
                    }
                }
            }
            return await group.reduce(into: [(Int, DatabaseError?)]()) { $0.append($1) }
        }
        let stored = outcomes.filter { $0.1 == nil }.map(\.0).sorted()
        let errors = outcomes.compactMap(\.1)
        #expect(!errors.isEmpty && errors.allSatisfy { $0.reason == .diskFull && $0.code == "disk-full" && $0.isRetriable })
        #expect(try await database.read { try $0.numbers() } == stored, "what callers were told is what is there")

        disk.makeRoom()
        try await database.write { try $0.insertNumber(1000, filling: Bytes(repeating: 3, count: 64 << 10)) }
        await database.close()
        let again = try await Database.open(disk.path + "/test.sqlite", migrations: [.numbers])
        #expect(try await again.read { try $0.numbers() } == stored + [1000])
        await again.close()
    }
}
