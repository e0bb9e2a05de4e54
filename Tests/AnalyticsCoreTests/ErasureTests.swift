import AnalyticsAPI
import AnalyticsCore
import Contracts
import FoundationEssentials
import HTTP
import HTTPServer
import Persistence
import Primitives
import ServiceRuntime
import Testing
import TestSupport

/// Whoever leaves takes everything along, also what is recorded while they go and what has no sums of its own.
struct ErasureTests {
    private static let now = Timestamp(milliseconds: 1_795_237_200_000)

    private func export(_ person: String, _ store: AnalyticsStore) async throws -> [JSONValue] {
        var (bytes, cursor): (Bytes, PersonalCursor?) = ([], .start)
        while let place = cursor {
            let piece = try await store.database.read { try PersonalExport(person, on: $0).lines(after: place, limit: 3) }
            bytes += piece.bytes
            cursor = piece.next
        }
        return try bytes.split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Bytes($0)) }
    }

    private func count(_ sql: String, _ store: AnalyticsStore) async throws -> Int64 {
        try await store.database.read { try $0.first(sql) { try $0.integer("n") } ?? 0 }
    }

    /// Every text of the tables that tell of people.
    private func texts(_ store: AnalyticsStore) async throws -> String {
        try await store.database.read { connection in
            try connection.query(
                """
                SELECT text AS t FROM name UNION ALL SELECT labels FROM metric UNION ALL SELECT labels FROM run
                UNION ALL SELECT owner || name || state FROM pipeline UNION ALL SELECT id FROM message_id
                """
            ) { try $0.optionalText("t") ?? "" }.joined(separator: "\n")
        }
    }

    @Test func whatIsRecordedMeanwhileIsGoneOrSeen() async throws {
        let store = try await AnalyticsStore.open()
        let leaving = Task {
            for _ in 0..<25 { _ = try await store.collector.erase("ann") }
        }
        for place in 0..<1500 where !Task.isCancelled {
            _ = try await store.collector.record(
                Delivery(events: [
                    CollectorTests.measured(Double(place), at: Self.now.advanced(by: .hours(-24 * Int64(place % 3)))),
                    CollectorTests.measured(1, owner: "org_1", labels: [Label("user", "ann")]),
                ]))
        }
        try await leaving.value
        #expect(try await count("SELECT count(*) AS n FROM metric WHERE owner NOT IN (SELECT id FROM name)", store) == 0)
        #expect(
            try await count("SELECT count(*) AS n FROM rollup WHERE owner NOT IN (SELECT id FROM name) AND owner > 0", store) == 0)
        #expect(try await store.database.read { try RollupCheck.differences(on: $0) } == [])
        _ = try await store.collector.erase("ann")
        #expect(try await !texts(store).contains("ann"))
        #expect(try await count("SELECT count(*) AS n FROM metric", store) == 1500)
        #expect(try await store.database.read { try RollupCheck.differences(on: $0) } == [])
    }

    @Test func labelsNameNobodyAnyMore() async throws {
        var limits = NameLimits()
        limits.values = (2, 2)
        let store = try await AnalyticsStore.open(limits: limits)
        let both = [Label("key", "ann"), Label("user", "ann")]
        _ = try await store.collector.record(
            Delivery(events: [
                // No measurement has the labels of this run.
                .run(RunReport(id: "r", owner: "org_1", script: "s", status: .running, started: Self.now, labels: both)),
                CollectorTests.measured(1, owner: "org_1", labels: [Label("user", "bob")]),
                CollectorTests.measured(1, owner: "org_1", labels: [Label("user", "cid")]),
                // These are too many names: the sums are under another.
                CollectorTests.measured(2, owner: "org_1", labels: both),
                CollectorTests.measured(3, owner: "org_1", labels: [Label("key", "ann"), Label("user", "bob")]),
            ]))
        let told = try await export("ann", store)
        #expect(told.compactMap { $0["run"]?["id"] } == ["r"])
        #expect(told.compactMap { $0["metric"]?["value"]?.doubleValue }.sorted() == [2, 3])
        let outcome = try await store.collector.erase("ann")
        #expect(outcome.rows == 0 && outcome.names == 2)
        #expect(try await !texts(store).contains("ann"))
        #expect(try await texts(store).contains(#"{"user":"bob"}"#))
        #expect(try await export("ann", store).isEmpty)
    }

    /// A day's rows are gone through in pieces, so that others can write in between.
    @Test func aLongDayIsGoneThroughToItsEnd() async throws {
        let store = try await AnalyticsStore.open()
        let count = 45_000
        let events = (0..<count).map { place in
            CollectorTests.measured(
                1, owner: "org_1", at: Self.now.advanced(by: .milliseconds(place / 7)),
                labels: place % 900 == 0 || place == count - 1 ? [Label("user", "ann")] : [])
        }
        for start in stride(from: 0, to: count, by: 500) {
            _ = try await store.collector.record(Delivery(events: Array(events[start..<start + 500])))
        }
        let outcome = try await store.collector.erase("ann")
        #expect(outcome.rows == 0 && outcome.names == 51)
        #expect(try await !texts(store).contains("ann"))
    }

    /// The alerting is told, as often as it is asked for, also while nothing can be sent.
    @Test func othersAreTold() async throws {
        let store = try await AnalyticsStore.open()
        for _ in 0..<2 {
            _ = try await store.collector.record(Delivery(events: [CollectorTests.measured(1)], isUntold: true))
            _ = try await store.collector.erase("ann")
        }
        let told = try await store.database.read { connection in
            try connection.query("SELECT payload FROM outbox WHERE subject = ? ORDER BY sequence", PersonErased.messageSubject) {
                try JSON.decode(CloudEvent<PersonErased>.self, from: try $0.blob("payload"))
            }
        }
        #expect(told.map(\.data.person) == ["ann", "ann"])
        #expect(told.allSatisfy { $0.type == PersonErased.type && $0.source == "/analytics" })
        #expect(Set(told.map(\.id)).count == 2)
        // What they had sent waits without them.
        let others = try await count("SELECT count(*) AS n FROM outbox WHERE subject = '\(Subjects.metricTaken)'", store)
        let naming = try await count(
            "SELECT count(*) AS n FROM outbox WHERE subject = '\(Subjects.metricTaken)' AND instr(payload, 'ann') > 0", store)
        #expect(others == 2 && naming == 0)
    }

    @Test func pipelinesGoAlong() async throws {
        let store = try await AnalyticsStore.open()
        let file = store.folder.appending("pipeline_state.json")
        let board = PipelineBoard(store.database, file: file)
        let running = Task { try await board.run() }
        defer { running.cancel() }
        for (name, owner) in [("nightly", "ann"), ("weekly", "ann"), ("nightly", "bob")] {
            var report = PipelineReport()
            (report.step, report.pid, report.host) = ("cut", 42, "host-of-\(owner)")
            _ = try await board.report(report, name: name, owner: owner)
        }
        func written() -> String { String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self) }
        try await eventually("the file is written") { written().contains("host-of-ann") && written().contains("host-of-bob") }
        let told = try await export("ann", store).compactMap { $0["pipeline"] }
        #expect(told.map { $0["name"] } == ["nightly", "weekly"])
        #expect(told.allSatisfy { $0["owner"] == "ann" && $0["pid"] == 42 })
        let answer = await RouteTests().router(store, board: board).respond(
            to: Request(
                method: .delete, target: "/api/people/me", headers: try RouteTests().headers([.analyticsRead, .analyticsWrite])))
        guard case .bytes(let body) = answer.body else {
            Issue.record("no answer")
            return
        }
        #expect(try JSONValue(parsing: body)["pipelines"] == 2)
        #expect(try await export("ann", store).isEmpty)
        #expect(try await !texts(store).contains("ann"))
        try await eventually("the file follows") { !written().contains("ann") && written().contains("host-of-bob") }
    }
}
