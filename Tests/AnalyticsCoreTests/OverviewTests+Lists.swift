import AnalyticsCore
import FoundationEssentials
import HTTP
import HTTPServer
import Primitives
import Testing

/// Lists that a page walks through.
extension OverviewTests {
    /// A day before today, so that no midnight comes between.
    private static var yesterday: String { String(Timestamp.now().advanced(by: .hours(-24)).iso8601.prefix(10)) }

    @Test func runsComeInPagesOfWhatWasAskedFor() async throws {
        let router = routes.router(try await AnalyticsStore.open())
        let day = Self.yesterday
        let runs = (0..<7).map { number in
            """
            {"id": "r\(number)", "script_name": "\(number < 6 ? "a" : "b")", "timestamp": "\(day)T10:0\(number):00Z",
             "ended": "\(day)T10:0\(number):30Z", "status": "\(number % 2 == 0 ? "failed" : "succeeded")"}
            """
        }
        let before = Timestamp.now().advanced(by: .hours(-24 * 9)).iso8601
        let old = #"{"id": "old", "script_name": "a", "timestamp": "\#(before)", "status": "running"}"#
        _ = try await answer(router, .post, "/api/runs", "[\(runs.joined(separator: ",")), \(old)]")
        func pages(_ query: String) async throws -> [[String]] {
            var (found, next): ([[String]], String) = ([], "")
            while found.count < 9 {
                let page = try await answer(router, .get, "/api/runs?\(query)\(next)")
                found.append(page["runs"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? [])
                guard let cursor = page["next"]?.stringValue else { break }
                next = "&before=\(cursor)"
            }
            return found
        }
        #expect(try await pages("limit=5") == [["r6", "r5", "r4", "r3", "r2"], ["r1", "r0", "old"]])
        #expect(try await pages("status=failed&script=a&limit=2") == [["r4", "r2"], ["r0"]])
        #expect(try await pages("days=3&limit=10").flatMap { $0 }.count == 7)
        #expect(try await pages("status=running") == [["old"]])
        #expect(try await pages("from=\(day)T10:05:00Z&to=\(day)T10:06:00Z") == [["r5"]])
    }

    @Test(arguments: [("day", "T00:00:00.000Z", 3, 9), ("hour", "T10:00:00.000Z", 2, 5), ("minute", "T10:05:00.000Z", 2, 5)])
    func seriesAreOfTheirInterval(_ interval: String, _ time: String, _ count: Int64, _ sum: Int64) async throws {
        let router = routes.router(try await AnalyticsStore.open())
        let day = Self.yesterday
        let events = [("10:05:01", 1), ("10:05:59", 4), ("11:00:00", 4)].map { time, value in
            #"{"script_name": "s", "metric_type": "steps", "value": \#(value), "timestamp": "\#(day)T\#(time)Z"}"#
        }
        _ = try await answer(router, .post, "/api/metrics", "[\(events.joined(separator: ","))]")
        let found = try await answer(router, .get, "/api/metrics/2?interval=\(interval)&type=steps&script=s")["series"]?[0]
        let points = found?["points"]?.arrayValue ?? []
        #expect(found?["script_name"] == "s" && points.count == (interval == "day" ? 1 : 2), "\(points)")
        #expect(points.first == [.string(day + time), .integer(count), .integer(sum), 1, 4], "\(points)")
        let others = try await answer(router, .get, "/api/metrics/2?interval=\(interval)&type=steps&script=other")["series"]
        #expect(others?.arrayValue?.isEmpty == true)
    }

    /// When it began is told once; what tells its end need not say it again.
    @Test func aRunLastsSinceItBegan() async throws {
        let router = routes.router(try await AnalyticsStore.open())
        let day = Self.yesterday
        let told = [
            #"{"id": "r", "script_name": "s", "timestamp": "\#(day)T10:00:00Z", "status": "running"}"#,
            #"{"id": "r", "script_name": "s", "ended": "\#(day)T10:00:30Z", "status": "succeeded"}"#,
            #"{"id": "r", "script_name": "s", "ended": "\#(day)T10:09:00Z", "status": "succeeded"}"#,
        ]
        for run in told { _ = try await answer(router, .post, "/api/runs", run) }
        let found = try await answer(router, .get, "/api/metrics/2?interval=day&type=run_seconds&script=s")["series"]?[0]?["points"]
        #expect(found?.arrayValue == [[.string(day + "T00:00:00.000Z"), 1, 30, 30, 30]])
        #expect(try await answer(router, .get, "/api/runs/r")["seconds"] == 30)
    }
}
