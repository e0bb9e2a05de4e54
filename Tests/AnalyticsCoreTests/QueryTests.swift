import AnalyticsAPI
import AnalyticsCore
import Contracts
import FoundationEssentials
import Persistence
import Primitives
import Testing
import TestSupport

/// What is answered from the sums, and that rows say the same.
struct QueryTests {
    static let now = Timestamp(milliseconds: 1_795_237_200_000)
    private static let day = Duration.hours(24)

    static func measured(
        _ value: Double, _ script: String = "a", owner: String = "ann", type: String = "seconds", daysAgo: Double = 0,
        labels: [Label] = []
    ) -> Event {
        .measurement(
            Measurement(
                time: now.advanced(by: .seconds(-daysAgo * 86_400)), owner: owner, script: script, type: type, value: value,
                labels: labels))
    }

    func ask<T: Sendable>(
        _ store: AnalyticsStore, _ viewer: Viewer = .everyone, _ body: @escaping @Sendable (AnalyticsQueries) throws -> T
    ) async throws -> T {
        try await store.database.read { try body(AnalyticsQueries($0, for: viewer)) }
    }

    @Test func ownersSeeTheirOwn() async throws {
        let store = try await AnalyticsStore.open()
        _ = try await store.collector.record(
            Delivery(events: [
                Self.measured(1), Self.measured(2, "b", daysAgo: 3), Self.measured(10, owner: "bob"),
                Self.measured(5, type: "cost_dollars", labels: [Label("channel", "news")]),
                Self.measured(7, owner: "bob", type: "cost_dollars", labels: [Label("channel", "news")]),
            ]))
        let week = Period.days(7, until: Self.now)
        for (viewer, sum, cost) in [(.owner("ann"), 3, 5), (.owner("bob"), 10, 7), (.everyone, 13, 12)]
            as [(Viewer, Double, Double)]
        {
            #expect(try await ask(store, viewer) { try $0.total("seconds", in: week).sum } == sum)
            let channels = try await ask(store, viewer) { try $0.breakdown(.channel, type: "cost_dollars", in: week, limit: 10) }
            #expect(channels.map(\.value) == ["news"])
            #expect(channels.first?.sum.sum == cost)
            let rows = try await ask(store, viewer) { try $0.rows(types: ["seconds"], in: week, limit: 10) }
            #expect(rows.reduce(0) { $0 + $1.value } == sum)
        }
        #expect(try await ask(store, .owner("nobody")) { try $0.rows(in: week, limit: 10) }.isEmpty)
        #expect(try await ask(store) { try $0.total("seconds", in: Period.days(1, until: Self.now)).sum } == 11)
    }

    @Test func pagesOfRowsHoldEachRowOnce() async throws {
        let store = try await AnalyticsStore.open()
        let events = (0..<230).map { Self.measured(Double($0), "s\($0 % 3)", daysAgo: Double($0 / 10) / 8) }
        _ = try await store.collector.record(Delivery(events: events))
        let period = Period.days(30, until: Self.now)
        var (seen, cursor): ([Double], RowCursor?) = ([], nil)
        repeat {
            let page = try await ask(store) { [cursor] in try $0.rows(in: period, before: cursor, limit: 50) }
            #expect(page.map(\.time) == page.map(\.time).sorted(by: >))
            seen += page.map(\.value)
            cursor = page.count == 50 ? page.last.map { RowCursor(time: $0.time.milliseconds, sequence: $0.sequence) } : nil
        } while cursor != nil
        #expect(seen.sorted() == (0..<230).map(Double.init))
        let only = try await ask(store) { try $0.rows(script: "s1", in: period, limit: 1000) }
        #expect(only.count == 77)
    }

    @Test func pagesOfRunsHoldEachRunOnce() async throws {
        let store = try await AnalyticsStore.open()
        let states: [RunEvent.Status] = [.succeeded, .failed, .running]
        let runs = (0..<130).map { number -> Event in
            let started = Self.now.advanced(by: .seconds(-Double(number / 10) * 43_200))
            return .run(
                RunReport(
                    id: "r\(number)", owner: number % 2 == 0 ? "ann" : "bob", script: "s\(number % 5)", status: states[number % 3],
                    started: started, ended: number % 3 == 2 ? nil : started.advanced(by: .seconds(1))))
        }
        _ = try await store.collector.record(Delivery(events: runs))
        func all(_ filter: RunFilter, _ viewer: Viewer = .everyone) async throws -> [RunRecord] {
            var (seen, cursor): ([RunRecord], RowCursor?) = ([], nil)
            repeat {
                let page = try await ask(store, viewer) { [cursor] in try $0.runs(filter, before: cursor, limit: 20) }
                seen += page
                cursor = page.count == 20 ? page.last.map { RowCursor(time: $0.started.milliseconds, sequence: $0.number) } : nil
            } while cursor != nil
            #expect(seen.map(\.started) == seen.map(\.started).sorted(by: >))
            return seen
        }
        #expect(try await all(RunFilter()).map(\.id).sorted() == (0..<130).map { "r\($0)" }.sorted())
        #expect(try await all(RunFilter(), .owner("bob")).count == 65)
        let failed = try await all(RunFilter(status: .failed))
        #expect(failed.count == 43 && failed.allSatisfy { $0.status == "failed" && $0.ended != nil })
        let script = try await all(RunFilter(script: "s1", status: .running), .owner("ann"))
        #expect(script.map(\.id) == (0..<130).filter { $0 % 5 == 1 && $0 % 3 == 2 && $0 % 2 == 0 }.map { "r\($0)" })
        // Two days: the one that runs and the whole one before.
        let days = Period.days(2, until: Self.now)
        let expected = (0..<130).filter {
            let started = Self.now.advanced(by: .seconds(-Double($0 / 10) * 43_200))
            return started >= days.from && started < days.to
        }
        #expect(expected.count > 0 && expected.count < 130)
        #expect(Set(try await all(RunFilter(period: days)).map(\.id)) == Set(expected.map { "r\($0)" }))
        #expect(try await all(RunFilter(script: "none")).isEmpty)
    }

    @Test func exportsHoldEveryRowInOrder() async throws {
        let store = try await AnalyticsStore.open()
        _ = try await store.collector.record(
            Delivery(
                events: (0..<90).map {
                    Self.measured(Double($0), "=s,\"\($0 % 7)", owner: ["ann", "bob"][$0 % 2], daysAgo: Double($0) / 9)
                }))
        let period = Period.days(30, until: Self.now)
        for (table, viewer) in [(.metrics, .everyone), (.metrics, .owner("ann")), (.days, .everyone), (.hours, .owner("bob"))]
            as [(ExportTable, Viewer)]
        {
            var (text, cursor): (String, ExportCursor?) = ("", .start)
            while let place = cursor {
                let piece = try await ask(store, viewer) { try $0.lines(of: table, in: period, after: place, limit: 13) }
                text += piece.text
                cursor = piece.next
            }
            let rows = try CSV.rows(Bytes(text.utf8))
            #expect(rows.allSatisfy { $0.count == table.header.count })
            #expect(rows.allSatisfy { $0[2].hasPrefix("'=s,\"") })
            let value = table == .metrics ? 5 : 5
            let sum = rows.reduce(0) { $0 + (Double($1[value]) ?? .nan) }
            switch viewer {
            case .everyone: #expect(sum == 89 * 90 / 2)
            case .owner("ann"): #expect(sum == 44 * 45)
            default: #expect(sum == 45 * 45)
            }
        }
    }

    @Test func whatIsUnusualIsFlaggedAndWhatIsNotIsNot() throws {
        var generator = SplitMix(seed: 1)
        // Quiet weekends are no anomaly, a tenfold Monday is, and so is a Sunday as busy as a Monday.
        var series = (0..<56).map { ($0 % 7 < 5 ? 100 : 10) + Double.random(in: -3...3, using: &generator) }
        #expect(AnomalyDetector(cycle: 7).findings(in: series) == [])
        series[49] = 1000
        series[55] = 100
        let findings = AnomalyDetector(cycle: 7).findings(in: series)
        #expect(findings.map(\.index) == [49, 55])
        #expect(findings.allSatisfy { abs($0.score) > 3.5 && abs($0.expected - ($0.index == 49 ? 100 : 10)) < 10 })
        // Of noise alone, however wide, hardly anything is flagged, in a short series either.
        for count in [24, 39, 56] {
            let flagged = (0..<200).reduce(0) { sum, _ in
                let noise = (0..<count).map { _ in Double.random(in: 0...100, using: &generator) }
                return sum + AnomalyDetector(cycle: 7).findings(in: noise).count
            }
            #expect(flagged * 200 < 200 * count, "\(flagged) of \(200 * count)")
        }
        #expect(AnomalyDetector(cycle: 7).findings(in: Array(series.suffix(20))) == [])
        #expect(AnomalyDetector(cycle: 7).findings(in: Array(repeating: 5, count: 56)) == [])
    }

    @Test func gapsRepeatsAndImpossibleValuesAreFound() async throws {
        let store = try await AnalyticsStore.open()
        var events = (1...30).filter { $0 != 12 && $0 != 13 }.map { Self.measured(1, "hourly", daysAgo: Double($0) / 24) }
        var twice = Measurement(time: Self.now, owner: "ann", script: "twice", type: "seconds", value: 2)
        twice.isComparable = true
        events += [
            Self.measured(-3, "clock", type: MetricType.processingSeconds), .measurement(twice), .measurement(twice),
            Self.measured(2, "rightly"), Self.measured(2, "rightly"),
        ]
        let refused = EventProblem("unknown-field", "there is no field colour", field: "colour")
        _ = try await store.collector.record(Delivery(events: events, problems: [refused]))
        let report = try await ask(store) { try $0.quality(in: Period.days(7, until: Self.now)) }
        #expect(report.gaps.map(\.script) == ["hourly"])
        #expect(report.gaps.first.map { $0.to.duration(since: $0.from) } == .hours(2))
        #expect(report.impossible.map(\.script) == ["clock"])
        #expect(report.impossible.first?.lowest == -3)
        #expect(report.repeats.map(\.script) == ["twice"])
        #expect(report.refusals.map(\.code) == ["unknown-field"])
        #expect(report.tallies["accepted"] == 33)
        // What was refused of others is not an owner's to see.
        let own = try await ask(store, .owner("ann")) { try $0.quality(in: Period.days(7, until: Self.now)) }
        #expect(own.refusals.isEmpty && own.gaps.count == 1)
    }

    @Test func whatIsTooOldGoesAndItsSumsStay() async throws {
        let store = try await AnalyticsStore.open()
        _ = try await store.collector.record(
            Delivery(events: (0..<100).map { Self.measured(1, daysAgo: Double($0), labels: [Label("video", "v\($0)")]) }))
        let policy = RetentionPolicy(rows: .hours(24 * 30), minutes: .hours(24 * 7), hours: .hours(24 * 30), days: .hours(24 * 60))
        _ = try await store.collector.sweep(policy)
        func count(_ sql: String) async throws -> Int64 {
            try await store.database.read { try $0.first(sql) { try $0.integer("n") } ?? 0 }
        }
        #expect((30...31).contains(try await count("SELECT count(*) AS n FROM metric")))
        for (level, days) in [(1, 7), (2, 30), (3, 60)] as [(Int, Int64)] {
            let kept = try await count("SELECT count(*) AS n FROM rollup WHERE owner = 0 AND level = \(level)")
            #expect((days...(days + 1)).contains(kept), "level \(level)")
        }
        #expect((60...61).contains(try await count("SELECT count(*) AS n FROM name WHERE kind = 4")))
        // A name that was let go comes back like a new one.
        let receipt = try await store.collector.record(Delivery(events: [Self.measured(1, labels: [Label("video", "v99")])]))
        #expect(receipt.accepted == 1)
        #expect(try await ask(store) { try $0.total("seconds", in: Period.days(400, until: Self.now)).count } > 60)
    }

    @Test func aPersonCanLeaveWithAllThatIsTheirs() async throws {
        let store = try await AnalyticsStore.open()
        let named = [Label("user", "usr_ann"), Label("model", "m")]
        // What nobody else has heard of waits to be told.
        let untold = [Self.measured(4, owner: "org_1", type: "cost_dollars", labels: named), Self.measured(3, owner: "bob")]
        _ = try await store.collector.record(Delivery(events: untold, isUntold: true))
        _ = try await store.collector.record(Delivery(events: [Self.measured(7, owner: "usr_ann")], isUntold: true))
        _ = try await store.collector.record(
            Delivery(events: [
                Self.measured(1, owner: "usr_ann"), Self.measured(-5, owner: "usr_ann", daysAgo: 2),
                Self.measured(2, owner: "bob"), Self.measured(4, owner: "org_1", type: "cost_dollars", labels: named),
                .run(RunReport(id: "r", owner: "usr_ann", script: "a", status: .succeeded, started: Self.now, ended: Self.now)),
            ]))
        var (bytes, cursor): (Bytes, PersonalCursor?) = ([], .start)
        while let place = cursor {
            let piece = try await store.database.read { try PersonalExport("usr_ann", on: $0).lines(after: place, limit: 2) }
            bytes += piece.bytes
            cursor = piece.next
        }
        // Three measurements, a run with the three that its end makes, and the two that name her.
        #expect(bytes.split(separator: UInt8(ascii: "\n")).count == 9)
        let outcome = try await store.collector.erase("usr_ann")
        #expect(outcome.rows == 7)
        #expect(outcome.names == 2)
        let waiting = try await store.database.read { connection in
            try connection.query("SELECT payload FROM outbox WHERE subject = ? ORDER BY sequence", Subjects.metricTaken) {
                try JSON.decode([MetricEvent].self, from: try $0.blob("payload"))
            }
        }
        // The third is of her run's end.
        #expect(waiting.map { $0.map(\.owner) } == [["org_1", "bob"], [], []])
        #expect(waiting.first?.first?.labels == ["model": "m"])
        #expect(try await store.database.read { try RollupCheck.differences(on: $0) } == [])
        for table in ["name", "run", "metric", "message_id"] {
            let found = try await store.database.read { connection in
                try connection.query("SELECT * FROM \(table)") { _ in true }.count
            }
            #expect(found > 0 || table == "message_id" || table == "run")
        }
        let texts = try await store.database.read { connection in
            try connection.query("SELECT text AS t FROM name UNION ALL SELECT labels FROM metric WHERE labels NOT NULL") {
                try $0.text("t")
            }
        }
        #expect(!texts.contains { $0.contains("usr_ann") })
        let week = Period.days(7, until: Self.now)
        #expect(try await ask(store) { try $0.total("seconds", in: week).sum } == 5)
        #expect(
            try await ask(store, .owner("org_1")) { try $0.breakdown(.user, type: "cost_dollars", in: week, limit: 5).map(\.value) }
                == ["(erased)"])
        // Whoever has left can come back.
        _ = try await store.collector.record(Delivery(events: [Self.measured(3, owner: "usr_ann")]))
        #expect(try await ask(store, .owner("usr_ann")) { try $0.total("seconds", in: week).sum } == 3)
        #expect(try await store.database.read { try RollupCheck.differences(on: $0) } == [])
    }
}
