import AnalyticsAPI
import AnalyticsCore
import HTTP
import HTTPServer
import Primitives

/// `/api/metrics/today`, `/api/metrics/{days}`, `/api/metrics/rows`, `/api/scripts`: what was measured.
struct MetricRoutes: Sendable {
    enum Interval: String, CaseIterable {
        case minute, hour, day

        var level: RollupLevel {
            switch self {
            case .minute: .minute
            case .hour: .hour
            case .day: .day
            }
        }

        /// Most days that are answered at once.
        var mostDays: Int {
            switch self {
            case .minute: 2
            case .hour: 31
            case .day: 400
            }
        }
    }

    let questions: Questions

    func add(to router: inout Router) {
        router.on(.get, "/api/metrics/today", questions.route(today))
        router.on(.get, "/api/metrics/rows", questions.route(rows))
        router.on(.get, "/api/metrics/{days}", questions.bytes(series))
        router.on(.get, "/api/scripts", questions.route(scripts))
    }

    private func today(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let now = Timestamp.now()
        let period = Period.days(1, until: now)
        var totals: [String: ExactSum] = [:]
        let scripts = try queries.scripts(in: period)
        for (_, types) in scripts { for (type, sum) in types { totals[type, default: .zero].add(sum) } }
        return [
            "date": .string(String(period.from.iso8601.prefix(10))), "from": .string(period.from.iso8601),
            "to": .string(now.iso8601), "totals": .object(totals.mapValues(\.document)),
            "scripts": .object(Self.documents(scripts)),
        ]
    }

    private func scripts(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let period = try request.days(default: 7)
        let limit = try request.query["limit"].map { _ in try request.integer("limit", in: 1...1000, default: 1000) }
        var scripts = try queries.scripts(in: period)
        let total = scripts.count
        if let limit { scripts = Self.worst(limit, of: scripts) }
        return [
            "from": .string(period.from.iso8601), "to": .string(period.to.iso8601),
            "scripts": .object(Self.documents(scripts)), "total": JSONValue(total),
        ]
    }

    private typealias Script = (script: String, types: [(type: String, sum: ExactSum)])

    /// Those with the most errors, then the dearest, then those that have measured most.
    private static func worst(_ limit: Int, of scripts: [Script]) -> [Script] {
        let ranked = scripts.map { one in
            func sum(_ type: String) -> Double { one.types.first { $0.type == type }?.sum.sum ?? 0 }
            return (one, rank: (sum(MetricType.errors), sum(MetricType.cost), one.types.reduce(0) { $0 + $1.sum.count }))
        }
        return ranked.sorted { $0.rank > $1.rank }.prefix(limit).map(\.0)
    }

    private static func documents(
        _ scripts: [Script]
    ) -> [String: JSONValue] {
        var documents: [String: JSONValue] = [:]
        for (script, types) in scripts {
            documents[script] = .object(Dictionary(types.map { ($0.type, $0.sum.document) }, uniquingKeysWith: { $1 }))
        }
        return documents
    }

    /// Series by script and type, as bytes: thirty days of a hundred scripts are three thousand points.
    private func series(_ request: Request, _ queries: AnalyticsQueries) throws -> Bytes {
        let interval = try request.choice("interval", Interval.self) ?? .day
        guard let days = Int(request.parameters["days"] ?? ""), (1...interval.mostDays).contains(days) else {
            throw Problem(
                status: .badRequest, code: "out-of-range",
                "days must be between 1 and \(interval.mostDays) for the interval \(interval.rawValue)", field: "days")
        }
        let period = Period.days(days, until: .now())
        let types = try request.query["type"].map { [$0] } ?? queries.typeNames()
        var writer = SeriesWriter(period: period, interval: interval.rawValue)
        for type in types {
            try writer.add(
                queries.points(interval.level, type: type, script: request.query["script"], in: period), type: type,
                name: queries.scriptName)
        }
        return writer.finished()
    }

    private func rows(_ request: Request, _ queries: AnalyticsQueries) throws -> JSONValue {
        let types = request.query.all("type")
        let limit = try request.integer("limit", in: 1...1000, default: 100)
        return RowPage.document(
            try queries.rows(
                types: types, script: request.query["script"], in: try request.period(), before: try request.cursor(),
                limit: limit),
            limit: limit)
    }
}

/// A page of rows.
enum RowPage {
    static func document(_ rows: [MetricRecord], limit: Int, _ more: [String: JSONValue] = [:]) -> JSONValue {
        var members = more
        members["rows"] = .array(rows.map(\.document))
        if rows.count == limit, let last = rows.last {
            members["next"] = .string(RowCursor(time: last.time.milliseconds, sequence: last.sequence).text)
        }
        return .object(members)
    }
}

extension Request {
    /// `from` and `to`, or `days` up to today.
    func period(default standard: Int = 30) throws -> Period {
        let days = try self.days(default: standard)
        let period = Period(from: try time("from") ?? days.from, to: try time("to") ?? days.to)
        guard period.from < period.to else {
            throw Problem(status: .badRequest, code: "out-of-range", "to must be after from", field: "to")
        }
        guard period.to.duration(since: period.from) <= .hours(24 * 400) else {
            throw Problem(status: .badRequest, code: "out-of-range", "a period has at most 400 days", field: "from")
        }
        return period
    }
}
