import GatewayCore
import Persistence
import Primitives
import Testing

struct AuditLogTests {
    private func entry(_ number: Int, time: Timestamp = .now()) -> AuditEntry {
        AuditEntry(
            time: time, key: "key_1", owner: "ann", method: "POST", path: "/files/\(number)", outcome: "allowed",
            requestID: "r\(number)")
    }

    @Test func whatWasRecordedIsWrittenBeforeTheEnd() async throws {
        try await Studio.with { studio in
            let audit = studio.gateway.audit
            for number in 0..<1300 { audit.record(entry(number)) }
            async let run: Void = audit.run()
            await audit.drain()
            try await run
            #expect(try await studio.rows("audit") == 1300)
            #expect(audit.lostCount == 0)
        }
    }

    /// The end comes as a cancelled task when a service drains: nothing may be lost by that.
    @Test func drainWaitsForTheDisk() async throws {
        try await Studio.with { studio in
            let audit = studio.gateway.audit
            let task = Task { try await audit.run() }
            for number in 0..<3000 { audit.record(entry(number)) }
            await audit.drain()
            task.cancel()
            _ = await task.result
            let written = try await studio.rows("audit")
            #expect(written == 3000)
        }
    }

    @Test func pagesGoBackInTime() async throws {
        try await Studio.with { studio in
            let audit = studio.gateway.audit
            for number in 0..<7 { audit.record(entry(number)) }
            async let run: Void = audit.run()
            await audit.drain()
            try await run
            var (paths, cursor): ([String], Int64?) = ([], nil)
            while true {
                let page = try await audit.page(before: cursor, limit: 3)
                paths += page.map(\.path)
                guard page.count == 3 else { break }
                cursor = page.last?.sequence
            }
            #expect(paths == (0..<7).reversed().map { "/files/\($0)" })
            let first = try #require(try await audit.page(before: nil, limit: 1).first)
            #expect(first.key == "key_1")
            #expect(first.owner == "ann")
            #expect(first.method == "POST")
            #expect(first.outcome == "allowed")
            #expect(first.requestID == "r6")
            #expect(abs(first.time.duration(since: .now()).seconds) < 60)
        }
    }

    @Test func whatDidNotFitIsCounted() async throws {
        try await Studio.with { studio in
            let audit = AuditLog(studio.database, capacity: 10)
            for number in 0..<25 { audit.record(entry(number)) }
            async let run: Void = audit.run()
            await audit.drain()
            try await run
            #expect(audit.lostCount == 15)
            let page = try await audit.page(before: nil, limit: 500)
            #expect(page.count == 11)
            #expect(page.contains { $0.outcome == "15 entries lost" })
        }
    }

    @Test func oldEntriesGo() async throws {
        try await Studio.with { studio in
            let audit = studio.gateway.audit
            for number in 0..<50 {
                audit.record(entry(number, time: .now().advanced(by: .seconds(number < 20 ? -100 : 0))))
            }
            async let run: Void = audit.run()
            await audit.drain()
            try await run
            try await audit.sweep(olderThan: .seconds(50))
            #expect(try await studio.rows("audit") == 30)
        }
    }
}
