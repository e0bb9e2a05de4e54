import AnalyticsAPI
import AnalyticsCore
import Contracts
import FoundationEssentials
import HTTP
import HTTPClient
import HTTPServer
import Persistence
import Primitives
import ServiceRuntime
import Testing
import TestSupport

@testable import avstudio_analytics

/// What is taken along and what is streamed, over a connection.
struct ExportRouteTests {
    /// Two owners' measurements and runs of today and of ten days ago.
    private func filled() async throws -> AnalyticsStore {
        let store = try await AnalyticsStore.open { .now() }
        let now = Timestamp.now()
        for (owner, value) in [("ann", 1.5), ("bob", 20)] {
            for days in [0, 10] as [Int64] {
                let time = now.advanced(by: .hours(-24 * days))
                _ = try await store.collector.record(
                    Delivery(events: [
                        CollectorTests.measured(
                            value, "\(owner).py", owner: owner, type: MetricType.cost, at: time,
                            labels: [Label("channel", "of-\(owner)")]),
                        .run(
                            RunReport(
                                id: "\(owner)-\(days)", owner: owner, script: "\(owner).py", status: .succeeded, started: time,
                                ended: time,
                                isCounted: false)),
                    ]))
            }
        }
        return store
    }

    @Test(arguments: ExportTable.allCases) func everyTableIsTakenAlong(_ table: ExportTable) async throws {
        let store = try await filled()
        let (own, all) = (try RouteTests().headers([.analyticsRead]), try RouteTests().headers([.admin]))
        try await serving(RouteTests().router(store)) { ask in
            func rows(_ query: String, _ headers: HTTPHeaders) async throws -> [[String]] {
                let answer = try await ask("/api/export/\(table.rawValue).csv\(query)", headers)
                #expect(answer.status == 200)
                #expect(answer.headers["Content-Type"]?.hasPrefix("text/csv") == true)
                #expect(answer.headers["Content-Disposition"]?.hasPrefix("attachment; filename=\"\(table.rawValue)-20") == true)
                let rows = try CSV.rows(answer.body)
                #expect(rows.first == table.header)
                return Array(rows.dropFirst())
            }
            func owners(_ rows: [[String]]) -> [String: Int] {
                Dictionary(rows.map { ($0[1], 1) }, uniquingKeysWith: +)
            }
            #expect(owners(try await rows("?days=30", all)) == ["ann": 2, "bob": 2])
            #expect(owners(try await rows("?days=5", all)) == ["ann": 1, "bob": 1])
            #expect(owners(try await rows("?days=30&owner=bob", all)) == ["bob": 2])
            let mine = try await rows("?days=30", own)
            #expect(owners(mine) == ["ann": 2])
            switch table {
            case .metrics: #expect(mine.allSatisfy { $0[5] == "1.5" && $0[6] == #"{"channel":"of-ann"}"# })
            case .runs: #expect(Set(mine.map { $0[0] }) == ["ann-0", "ann-10"] && mine.allSatisfy { $0[3] == "succeeded" })
            case .minutes, .hours, .days: #expect(mine.allSatisfy { $0[4...7] == ["1", "1.5", "1.5", "1.5"] })
            case .breakdown: #expect(mine.allSatisfy { $0[2...] == ["channel", "of-ann", "cost_dollars", "1", "1.5"] })
            }
            // A range that ends before today, and one that holds nothing.
            let (from, to) = (Timestamp.now().advanced(by: .hours(-24 * 12)), Timestamp.now().advanced(by: .hours(-24 * 8)))
            let range = "?from=\(from.iso8601.prefix(10))&to=\(to.iso8601.prefix(10))"
            #expect(owners(try await rows(range, all)) == ["ann": 1, "bob": 1])
            let none = "?from=2026-01-01&to=2026-01-03"
            #expect(try await rows(none, all).isEmpty)
            #expect(
                try await ask("/api/export/\(table.rawValue)\(none)", all).headers["Content-Disposition"]
                    == "attachment; filename=\"\(table.rawValue)-2026-01-01-to-2026-01-02.csv\"")
            #expect(try await ask("/api/export/\(table.rawValue).csv?owner=bob", own).status == 403)
        }
        await store.database.close()
    }

    @Test func theReportIsOfWhoAsks() async throws {
        let store = try await filled()
        let (own, all) = (try RouteTests().headers([.analyticsRead]), try RouteTests().headers([.admin]))
        try await serving(RouteTests().router(store)) { ask in
            func text(_ query: String, _ headers: HTTPHeaders) async throws -> String {
                let answer = try await ask("/api/report.pdf\(query)", headers)
                #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/pdf")
                let name = try #require(answer.headers["Content-Disposition"])
                #expect(name.wholeMatch(of: /attachment; filename="report-\d{4}-\d\d-\d\d-to-\d{4}-\d\d-\d\d\.pdf"/) != nil)
                let file = store.folder.appending("report.pdf")
                try Data(answer.body).write(to: URL(filePath: file))
                return try await CommandRun.run("/usr/bin/pdftotext", ["-layout", file, "-"], environment: [:]).output
            }
            let mine = try await text("?days=30", own)
            #expect(mine.contains("ann.py") && mine.contains("$3.00") && !mine.contains("bob.py"))
            let everybody = try await text("?days=5", all)
            #expect(everybody.contains("bob.py") && everybody.contains("$21.50"))
            #expect(try await text("?days=30&owner=bob", all).contains("$40.00"))
            #expect(try await ask("/api/report.pdf?owner=bob", own).status == 403)
            #expect(try await ask("/api/report.pdf?days=0", own).status == 400)
        }
        await store.database.close()
    }

    /// A stream ends with the signed identity that asked for it, so that a key that is revoked meanwhile sees no more.
    @Test func aStreamOutlivesNoKeyForLong() async throws {
        let store = try await AnalyticsStore.open { .now() }
        let board = PipelineBoard(store.database, file: store.folder.appending("pipeline_state.json"))
        var report = PipelineReport()
        report.step = "cut"
        _ = try await board.report(report, name: "nightly", owner: "ann")
        var router = Router()
        PipelineRoutes(
            board: board, collector: store.collector, authenticator: Authenticator(token: RouteTests.token)
        ).add(to: &router)
        try await serving(router) { ask in
            let headers = try RouteTests().headers([.analyticsRead], lasting: .seconds(5))
            let answer = try await ask("/api/pipelines/events", headers)
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(answer.status == 200 && text.contains("event: state") && text.contains(#""step":"cut""#))
            #expect(text.contains(#""stale":false"#))
            #expect(text.contains("event: ready"))
        }
        await store.database.close()
    }
}
