import AnalyticsAPI
import AnalyticsCore
import AnalyticsReport
import FoundationEssentials
import Persistence
import Primitives
import Testing
import TestSupport

/// Reports are read back by another program (poppler).
struct ReportTests {
    private static let now = Timestamp(milliseconds: 1_795_237_200_000)

    private func text(_ store: AnalyticsStore, _ viewer: Viewer) async throws -> String {
        let bytes = try await store.database.read { connection in
            let queries = try AnalyticsQueries(connection, for: viewer)
            return try ReportPDF(ReportContent(queries, in: Period.days(30, until: Self.now), now: Self.now)).bytes()
        }
        let file = store.folder.appending("report.pdf")
        try Data(bytes).write(to: URL(filePath: file))
        let run = try await CommandRun.run("/usr/bin/pdftotext", ["-layout", file, "-"], environment: [:])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        return run.output
    }

    @Test func aReportTellsTheFigures() async throws {
        let store = try await AnalyticsStore.open()
        var events: [Event] = []
        for day in 0..<40 {
            let time = Self.now.advanced(by: .hours(-24 * Int64(day)))
            events += [
                CollectorTests.measured(day == 5 ? 900 : 10, "upload.py", type: MetricType.jobs, at: time),
                CollectorTests.measured(0.5, "gateway.llm", type: MetricType.cost, at: time),
                CollectorTests.measured(1, String(repeating: "long ", count: 25), owner: "bob", type: MetricType.errors, at: time),
            ]
        }
        _ = try await store.collector.record(Delivery(events: events))
        let all = try await text(store, .everyone)
        for words in [
            "AV-Studio report", "2026-10-23 to 2026-11-21", "Jobs ended", "1190", "$15.00", "upload.py", "long long",
            "2026-11-16 Jobs: 900", "will have cost about $15.00", "mean of its weekday", "Mean processing time",
        ] {
            #expect(all.contains(words), "\(words) is not in:\n\(all)")
        }
        #expect(all.count { $0 == "\u{0C}" } == 3)
        // The second page has the bars of thirty days, in blue.
        let page = store.folder.appending("page")
        let drawn = try await CommandRun.run(
            "/usr/bin/pdftoppm", ["-r", "36", "-f", "2", "-l", "2", store.folder.appending("report.pdf"), page], environment: [:])
        #expect(drawn.status == 0, "\(drawn.errors)")
        let picture = [UInt8](try Data(contentsOf: URL(filePath: page + "-2.ppm")).dropFirst(15))
        let blue = stride(from: 0, to: picture.count - 2, by: 3).count { place in
            picture[place] < 110 && picture[place + 2] > 150
        }
        #expect(blue > picture.count / 3 / 200, "\(blue) of \(picture.count / 3)")
        #expect(try await !text(store, .owner("ann")).contains("long"))
    }

    @Test func aReportOnNothingSaysSo() async throws {
        let all = try await text(try await AnalyticsStore.open(), .owner("nobody"))
        #expect(all.contains("none") && all.contains("too little to project from") && !all.contains("will have cost"))
        #expect(all.contains("–"))
    }
}
