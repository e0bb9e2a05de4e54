import AnalyticsAPI
import Primitives
import Testing

@testable import AnalyticsCore

/// What only some scripts count for.
extension QueryTests {
    /// Hours that hold only what others measured are not opened.
    @Test func onlyHoursOfTheScriptsAreOpened() async throws {
        let store = try await AnalyticsStore.open()
        let events = (1...9).map { Self.measured(Double($0), $0 == 6 ? "own" : "other", daysAgo: Double($0) / 24) }
        _ = try await store.collector.record(Delivery(events: events))
        let period = Period.days(2, until: Self.now)
        let (hours, rows, none) = try await ask(store) { queries in
            let own = Set([try #require(try queries.number(.script, "own"))])
            let type = try #require(try queries.number(.type, "seconds"))
            return (
                try queries.hours([type], nil, of: own, in: period), try queries.rows(of: own, in: period, limit: 10),
                try queries.rows(of: [], in: period, limit: 10)
            )
        }
        #expect(hours == [RollupLevel.hour.bucket(Self.now.milliseconds) - 6])
        #expect(rows.map(\.value) == [6] && none.isEmpty)
    }

    /// A script that called nothing until this time of yesterday does not count for the figure before.
    @Test func whatCameLaterDoesNotCountBefore() async throws {
        let store = try await AnalyticsStore.open()
        let length = RollupLevel.day.length
        let midnight = Timestamp(milliseconds: RollupLevel.day.bucket(Self.now.milliseconds) * length)
        func event(_ value: Double, _ script: String, _ type: String, _ hour: Int64) -> Event {
            .measurement(
                Measurement(
                    time: midnight.advanced(by: .hours(hour - 24)), owner: "ann", script: script, type: type, value: value))
        }
        _ = try await store.collector.record(
            Delivery(events: [
                event(2, "early.py", MetricType.cost, 8), event(1, "early.py", MetricType.llmCalls, 8),
                event(100, "late.py", MetricType.cost, 9), event(1, "late.py", MetricType.llmCalls, 20),
            ]))
        let now = midnight.advanced(by: .hours(10))
        let before = try await ask(store) { queries in
            let indicator = try #require(Indicator.named("cost_per_call"))
            return try queries.value(of: indicator, before: .days(1, until: now), now: now)
        }
        #expect(before == 2)
    }
}
