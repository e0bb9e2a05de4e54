import AnalyticsCore
import Contracts
import FoundationEssentials
import HTTP
import HTTPServer
import Primitives
import Testing

/// What a page shows of what went wrong and what was paid: who is named, and what counts as a call.
struct OverviewTests {
    let routes = RouteTests()

    func answer(_ router: Router, _ method: HTTPMethod, _ path: String, _ body: String = "") async throws -> JSONValue {
        let response = await router.respond(
            to: Request(
                method: method, target: path, headers: try routes.headers([.analyticsRead, .analyticsWrite]),
                body: RequestBody(Bytes(body.utf8))))
        #expect(response.status == .ok, "\(path)")
        guard case .bytes(let bytes) = response.body else { return .null }
        return try JSONValue(parsing: bytes)
    }

    @Test func theScriptsWithTheMostErrorsAreNamed() async throws {
        let router = routes.router(try await AnalyticsStore.open())
        let errors = [("a", 1), ("b", 7), ("c", 0), ("d", 2), ("e", 1), ("f", 1), ("g", 1)]
        let events = errors.map { script, errors in
            #"{"script_name": "\#(script)", "metric_type": "errors", "value": \#(errors)}"#
        }
        _ = try await answer(router, .post, "/api/metrics", "[\(events.joined(separator: ","))]")
        let today = try await answer(router, .get, "/api/pipeline-status")["today"]
        #expect(today?["errors"] == 13 && today?["scripts_with_errors"] == 6)
        let named = today?["most_errors"]?.arrayValue ?? []
        #expect(named.map { $0["script_name"]?.stringValue } == ["b", "d", "a", "e", "f"])
        #expect(named.map { $0["errors"]?.doubleValue } == [7, 2, 1, 1, 1])
    }

    /// Of many scripts those that want a look first: with errors, then dear, then busy.
    @Test func aFewScriptsAreTheWorst() async throws {
        let router = routes.router(try await AnalyticsStore.open())
        let values = [
            ("idle", "steps", 1.0), ("busy", "steps", 1), ("busy", "steps", 2), ("dear", "cost_dollars", 2),
            ("cheap", "cost_dollars", 1), ("broken", "errors", 2), ("worn", "errors", 1), ("worn", "cost_dollars", 9),
        ]
        let events = values.map { #"{"script_name": "\#($0)", "metric_type": "\#($1)", "value": \#($2)}"# }
        _ = try await answer(router, .post, "/api/metrics", "[\(events.joined(separator: ","))]")
        let ranked = ["broken", "worn", "dear", "cheap", "busy", "idle"]
        for limit in 1...6 {
            let found = try await answer(router, .get, "/api/scripts?days=1&limit=\(limit)")
            #expect(found["scripts"]?.objectValue?.keys.sorted() == ranked.prefix(limit).sorted() && found["total"] == 6)
        }
        #expect(try await answer(router, .get, "/api/scripts?days=1")["scripts"]?.objectValue?.count == 6)
    }

    /// A share is of each script's own, and who has nothing to divide by is not among them.
    @Test func aFigureIsTakenApartByScript() async throws {
        let router = routes.router(try await AnalyticsStore.open())
        let values = [("a", "jobs", 4), ("a", "jobs_failed", 3), ("b", "jobs", 10), ("b", "jobs_failed", 1), ("c", "errors", 5)]
        let events = values.map { #"{"script_name": "\#($0)", "metric_type": "\#($1)", "value": \#($2)}"# }
        _ = try await answer(router, .post, "/api/metrics", "[\(events.joined(separator: ","))]")
        let share = try await answer(router, .get, "/api/kpis/job_success_rate/scripts?days=1")
        #expect(share["scripts"] == [["script_name": "b", "value": 0.9], ["script_name": "a", "value": 0.25]])
        #expect(share["title"] == "Jobs that did not fail" && share["unit"] == "1" && share["total"] == 2)
        let value = try #require(share["value"]?.doubleValue)
        #expect(abs(value - 10.0 / 14) < 1e-12)
        let errors = try await answer(router, .get, "/api/kpis/errors/scripts?days=1")
        #expect(errors["scripts"] == [["script_name": "c", "value": 5]] && errors["value"] == 5)
        let missing = await router.respond(
            to: Request(method: .get, target: "/api/kpis/luck/scripts", headers: try routes.headers([.analyticsRead])))
        #expect(missing.status == .notFound)
    }

    /// The rows of a figure are those that it is made of, and costs say what the month's end is told from.
    @Test func whatIsToldSaysWhatItIsMadeOf() async throws {
        let router = routes.router(try await AnalyticsStore.open())
        let values = [("upload.py", "cost_dollars", 9), ("llm", "cost_dollars", 1), ("llm", "llm_calls", 2)]
        let events = values.map { #"{"script_name": "\#($0)", "metric_type": "\#($1)", "value": \#($2)}"# }
        _ = try await answer(router, .post, "/api/metrics", "[\(events.joined(separator: ","))]")
        let page = try await answer(router, .get, "/api/kpis/cost_per_call/rows")
        #expect(page["rows"]?.arrayValue?.map { $0["script_name"]?.stringValue } == ["llm", "llm"])
        #expect(page["formula"] == "Σ cost_dollars / Σ llm_calls, of scripts with llm_calls")
        let kpis = try await answer(router, .get, "/api/kpis")["kpis"]?.arrayValue ?? []
        #expect(kpis.first { $0["name"] == "cost_per_call" }?["value"] == 0.5)
        let month = try await answer(router, .get, "/api/costs")["month"]
        #expect(month?["projected"] == .null && month?["days"] == 0 && month?["spent"] == 10)
        #expect(month?["method"]?.stringValue?.contains("mean of its weekday") == true)
    }

    /// The change is to as much of the time before; where nothing was before, there is none.
    @Test func figuresTellTheirChange() async throws {
        let router = routes.router(try await AnalyticsStore.open())
        let week = Timestamp.now().advanced(by: .hours(-24 * 7 - 1)).iso8601
        let values: [(type: String, before: Int?, now: Int?)] = [
            ("jobs", 4, 6), ("errors", 8, 2), ("videos_processed", 3, 3), ("captions_generated", nil, 5), ("runs", 7, nil),
        ]
        for (type, before, now) in values {
            for (value, time) in [(before, #", "timestamp": "\#(week)""#), (now, "")] {
                guard let value else { continue }
                _ = try await answer(
                    router, .post, "/api/metrics",
                    #"{"script_name": "s", "metric_type": "\#(type)", "value": \#(value)\#(time)}"#)
            }
        }
        let figures = try await answer(router, .get, "/api/kpis?days=7")["kpis"]?.arrayValue ?? []
        func figure(_ name: String) -> [Double?] {
            let one = figures.first { $0["name"]?.stringValue == name }
            return ["value", "before", "change"].map { one?[$0]?.doubleValue }
        }
        #expect(figure("jobs") == [6, 4, 0.5])
        #expect(figure("errors") == [2, 8, -0.75])
        #expect(figure("videos_processed") == [3, 3, 0])
        #expect(figure("captions_generated") == [5, 0, nil])
        #expect(figure("runs") == [0, 7, -1])
        #expect(figures.count == 20 && figures.allSatisfy { $0["change"] != nil }, "null where there is none")
        #expect(figure("llm_latency") == [nil, nil, nil])
    }

    /// How days are found that do not fit is said where they are told, and where it is read up.
    @Test func theMethodOfAnomaliesIsCited() async throws {
        let router = routes.router(try await AnalyticsStore.open())
        let found = try await answer(router, .get, "/api/anomalies")
        let method = "modified z-score (Iglewicz and Hoaglin, 1993) of daily sums less the median of their weekday"
        #expect(found["method"]?.stringValue == method && found["threshold"] == 3.5)
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        #expect(try String(contentsOfFile: root + "/README.md", encoding: .utf8).contains(method))
    }

    /// What a script has paid and tells is a cost, but no call of a model; a call that cost nothing is one.
    @Test(arguments: ["model", "organisation", "script"])
    func costsAreNotCalls(grouping: String) async throws {
        let router = routes.router(try await AnalyticsStore.open())
        func event(_ name: String, _ type: String, _ value: Double) -> String {
            """
            {"script_name": "\(grouping == "script" ? name : "s")", "metric_type": "\(type)", "value": \(value),
             "labels": {"\(grouping == "script" ? "other" : grouping)": "\(name)"}}
            """
        }
        let events = [
            event("told", "cost_dollars", 3), event("told", "cost_dollars", 2), event("called", "cost_dollars", 1),
            event("called", "llm_calls", 1), event("free", "cost_dollars", 0), event("free", "llm_calls", 4),
        ]
        _ = try await answer(router, .post, "/api/metrics", "[\(events.joined(separator: ","))]")
        let costs = try await answer(router, .get, "/api/costs?by=\(grouping)")
        #expect(
            costs["groups"] == [
                ["name": "told", "calls": 0, "count": 2, "cost": 5], ["name": "called", "calls": 1, "count": 1, "cost": 1],
                ["name": "free", "calls": 4, "count": 1, "cost": 0],
            ], "\(costs)")
        #expect(costs["calls"] == 5 && costs["total"]?["count"] == 4 && costs["total"]?["sum"] == 6)
    }

    /// Equal measurements are only told of as repeats where the moment that they say makes it likely.
    @Test(
        arguments: [
            (#""timestamp": "TODAY.123Z""#, 3), (#""timestamp": "TODAY.123Z", "run_id": "r""#, 3),
            // A second holds many; what comes without a time is given that of its coming; identifiers tell events apart.
            (#""timestamp": "TODAY.000Z""#, nil), (#""timestamp": "TODAYZ""#, nil), (#""timestamp": null"#, nil),
            (#""timestamp": "TODAY.123Z", "id": "NUMBER""#, nil),
            (#""timestamp": "TODAY.123Z", "labels": {"part": "NUMBER"}"#, nil),
        ] as [(String, Double?)])
    func whatMayRightlyBeEqualIsNoRepeat(members: String, count: Double?) async throws {
        let router = routes.router(try await AnalyticsStore.open())
        let today = String(Timestamp.now().iso8601.prefix(10)) + "T00:00:00"
        for number in 0..<3 {
            let own = members.replacing("TODAY", with: today).replacing("NUMBER", with: "\(number)")
            _ = try await answer(
                router, .post, "/api/metrics", #"{"script_name": "s", "metric_type": "steps", "value": 1, \#(own)}"#)
        }
        let found = try await answer(router, .get, "/api/quality?days=1")["duplicates"]?.arrayValue ?? []
        #expect(found.map { $0["count"]?.doubleValue } == (count.map { [$0] } ?? []))
    }
}
