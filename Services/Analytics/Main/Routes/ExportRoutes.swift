import AnalyticsCore
import AnalyticsReport
import Contracts
import HTTP
import HTTPServer
import Persistence
import Primitives
import ServiceRuntime

/// `/api/export/{table}`: any table and range as CSV (RFC 4180), streamed. `/api/report.pdf`: the same in figures and charts.
struct ExportRoutes: Sendable {
    private static let piece = 2000
    let questions: Questions

    func add(to router: inout Router) {
        router.on(
            .get, "/api/report.pdf",
            questions.authenticator.require(.analyticsRead) { request, principal in
                let period = try request.wholeDays()
                let bytes = try await report(period, principal.viewer(request))
                return .bytes(bytes, type: "application/pdf").adding("Cache-Control", "no-store")
                    .adding("Content-Disposition", "attachment; filename=\"\(Self.file("report", period)).pdf\"")
            })
        router.on(
            .get, "/api/export/{table}",
            questions.authenticator.require(.analyticsRead) { request, principal in
                let name = (request.parameters["table"] ?? "").replacing(".csv", with: "")
                guard let table = ExportTable(rawValue: name) else {
                    let tables = ExportTable.allCases.map { $0.rawValue + ".csv" }.joined(separator: ", ")
                    throw Problem(status: .notFound, code: "table-not-found", "there is no such table; the tables are: \(tables)")
                }
                let period = try request.period()
                return try export(table, period, principal.viewer(request))
            })
    }

    /// The report on whole days.
    private func report(_ period: Period, _ viewer: Viewer) async throws -> Bytes {
        try await questions.database.read { connection in
            let content = try ReportContent(AnalyticsQueries(connection, for: viewer), in: period, now: .now())
            return try ReportPDF(content).bytes()
        }
    }

    /// What it is on and its first and last day.
    private static func file(_ name: String, _ period: Period) -> String {
        let last = Timestamp(milliseconds: period.to.milliseconds - 1)
        return "\(name)-\(period.from.iso8601.prefix(10))-to-\(last.iso8601.prefix(10))"
    }

    private func export(_ table: ExportTable, _ period: Period, _ viewer: Viewer) -> Response {
        let database = questions.database
        return .csv(Self.file(table.rawValue, period), header: table.header, from: ExportCursor.start) { place in
            try await database.read { connection in
                try AnalyticsQueries(connection, for: viewer).lines(of: table, in: period, after: place, limit: Self.piece)
            }
        }
    }
}

extension Request {
    /// The period that is asked for, which begins and ends at midnight, UTC.
    fileprivate func wholeDays() throws -> Period {
        let period = try period()
        for (name, time) in [("from", period.from), ("to", period.to)] where time.milliseconds % RollupLevel.day.length != 0 {
            throw Problem(
                status: .badRequest, code: "out-of-range", "a report is on whole days: \(name) must be a day", field: name)
        }
        return period
    }
}
