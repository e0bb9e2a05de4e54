import AnalyticsAPI
import AnalyticsCore
import Contracts
import FoundationEssentials
import Persistence
import Primitives
import Testing
import TestSupport

/// Key figures and what the month will have cost.
extension QueryTests {
    @Test func twentyFiguresAreWhatTheirFormulasSay() async throws {
        let store = try await AnalyticsStore.open()
        let measured: [(String, [Double])] = [
            (MetricType.jobs, [1, 1, 1, 1]), (MetricType.jobsFailed, [1]), (MetricType.cachedJobs, [1, 1]),
            (MetricType.waitingSeconds, [1, 2, 6]), (MetricType.processingSeconds, [4, 8]), (MetricType.cpuSeconds, [7200]),
            (MetricType.mediaSeconds, [1800, 16_200]), (MetricType.bytesIn, [100]), (MetricType.bytesOut, [20, 3]),
            (MetricType.videosProcessed, [5]), (MetricType.captionsGenerated, [7]), (MetricType.runs, [1, 1, 1, 1, 1]),
            (MetricType.runsSucceeded, [1, 1]), (MetricType.errors, [3]), (MetricType.llmCalls, [8]),
            (MetricType.llmCacheHits, [2]), (MetricType.llmSeconds, [0.5, 1]), (MetricType.cost, [0.5, 1.5]),
        ]
        _ = try await store.collector.record(
            Delivery(events: measured.flatMap { type, values in values.map { Self.measured($0, type: type) } }))
        let expected: [String: Double] = [
            "jobs": 4, "job_success_rate": 0.75, "job_reuse_rate": 0.5, "waiting_time": 3, "processing_time": 6, "cpu_hours": 2,
            "media_hours": 5, "cpu_per_media": 0.4, "bytes": 123, "videos_processed": 5, "captions_generated": 7, "runs": 5,
            "run_success_rate": 0.4, "errors": 3, "llm_calls": 8, "llm_cache_hit_rate": 0.25, "llm_latency": 0.75, "cost": 2,
            "cost_per_video": 0.4, "cost_per_call": 0.25,
        ]
        #expect(Indicator.all.count == 20)
        let period = Period.days(1, until: Self.now)
        let found = try await ask(store) { queries in
            try Indicator.all.map { ($0.name, try queries.value(of: $0, in: period) ?? .nan) }
        }
        for (name, value) in found { #expect(abs(value - (expected[name] ?? .nan)) < 1e-9, "\(name): \(value)") }
        // Where nothing can be divided by there is no figure.
        let nothing = try await ask(store, .owner("nobody")) { queries in
            try Indicator.all.filter { try queries.value(of: $0, in: period) == nil }.map(\.name)
        }
        #expect(nothing.count == 10 && nothing.contains("cost_per_video") && !nothing.contains("cost"))
    }

    /// What a script tells of its own time and money is none of a call's or of media's.
    @Test(
        arguments: [
            ("cost_per_call", MetricType.cost, MetricType.llmCalls),
            ("cpu_per_media", MetricType.cpuSeconds, MetricType.mediaSeconds),
        ])
    func onlyScriptsThatMeasuredBothCount(name: String, above: String, below: String) async throws {
        let store = try await AnalyticsStore.open()
        var events: [Event] = []
        for (daysAgo, times) in [(0.0, 1.0), (1.1, 3)] {
            events += [
                Self.measured(2 * times, "both", type: above, daysAgo: daysAgo),
                Self.measured(4, "both", type: below, daysAgo: daysAgo),
                Self.measured(100, "other", type: above, daysAgo: daysAgo),
            ]
        }
        _ = try await store.collector.record(Delivery(events: events))
        let indicator = try #require(Indicator.named(name))
        #expect(indicator.formula.text == "Σ \(above) / Σ \(below), of scripts with \(below)")
        let today = Period.days(1, until: Self.now)
        for viewer in [Viewer.everyone, .owner("ann")] {
            let (value, before, scripts, rows) = try await ask(store, viewer) { queries in
                (
                    try queries.value(of: indicator, in: today),
                    try queries.value(of: indicator, before: today, now: Self.now),
                    try queries.values(of: indicator, in: today).map(\.script),
                    try queries.rows(
                        types: indicator.formula.types, of: try queries.scripts(of: indicator, in: today), in: today, limit: 10)
                )
            }
            #expect(value == 0.5 && before == 1.5 && scripts == ["both"])
            #expect(rows.count == 2 && rows.allSatisfy { $0.script == "both" })
        }
        #expect(try await ask(store, .owner("nobody")) { try $0.value(of: indicator, in: today) } == nil)
    }

    /// A figure that scripts can measure too is not named after jobs.
    @Test func onlyFiguresOfJobsAreNamedSo() {
        let ofJobs = Set([MetricType.jobs, MetricType.jobsFailed, MetricType.cachedJobs])
        for one in Indicator.all where one.title.lowercased().contains("job") {
            #expect(ofJobs.isSuperset(of: one.formula.types), "\(one.name): \(one.title)")
        }
    }

    /// The README has every figure with its formula.
    @Test func figuresAreDocumented() throws {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let text = try String(contentsOfFile: root + "/README.md", encoding: .utf8)
        for one in Indicator.all {
            let line = "| `\(one.name)` | \(one.title) | \(one.unit) | \(one.formula.text) |"
            #expect(text.contains(line), "\(line)")
        }
    }

    /// A day that has just begun is compared with the beginning of the days before, not with all of them.
    @Test(arguments: [(1, 1), (23, 23), (12.5, 12.5)] as [(Double, Double)])
    func aFigureIsComparedWithAsMuchOfTheTimeBefore(hour: Double, expected: Double) async throws {
        let store = try await AnalyticsStore.open()
        let day: Int64 = 86_400_000
        let midnight = Timestamp(milliseconds: Self.now.milliseconds / day * day)
        // One job in the middle of each hour's first and second half, for two weeks, and today until now: half a job each.
        let now = midnight.advanced(by: .seconds(hour * 3600))
        var events: [Event] = []
        for quarter in 1..<(14 * 96) where quarter % 2 == 1 {
            let time = midnight.advanced(by: .hours(-24 * 13)).advanced(by: .minutes(Int64(quarter) * 15))
            guard time < now else { break }
            for (type, value) in [(MetricType.jobs, 0.5), (MetricType.processingSeconds, 4)] {
                events.append(.measurement(Measurement(time: time, owner: "ann", script: "a", type: type, value: value)))
            }
        }
        _ = try await store.collector.record(Delivery(events: events))
        for days in [1, 7] {
            let period = Period.days(days, until: now)
            let (jobs, mean, before, earlierMean) = try await ask(store) { queries in
                let (jobs, time) = (try #require(Indicator.named("jobs")), try #require(Indicator.named("processing_time")))
                return (
                    try queries.value(of: jobs, in: period), try queries.value(of: time, in: period),
                    try queries.value(of: jobs, before: period, now: now), try queries.value(of: time, before: period, now: now)
                )
            }
            let whole = Double(days - 1) * 24 + expected
            #expect(jobs == whole && before == whole, "\(days) days: \(jobs ?? -1) and \(before ?? -1)")
            #expect(mean == 4 && earlierMean == 4)
        }
        // Where the hours are gone, a day counts by its share; a period that is over is compared with all of one before.
        try await store.database.write { try $0.execute("DELETE FROM rollup WHERE level = 2") }
        let (share, over) = try await ask(store) { queries in
            let jobs = try #require(Indicator.named("jobs"))
            let yesterday = Period.days(2, until: now).before
            return (
                try queries.value(of: jobs, before: .days(1, until: now), now: now),
                try queries.value(of: jobs, before: yesterday, now: now)
            )
        }
        #expect(share.map { abs($0 - hour) < 0.01 } == true)
        #expect(over == 48)
    }

    @Test func theMonthsCostIsProjectedByWeekdays() async throws {
        let store = try await AnalyticsStore.open()
        // 2026-11-21 is a Saturday. Working days cost 10, weekends nothing; today has cost 1 so far.
        var events = [Self.measured(1, type: MetricType.cost)]
        for days in 1...40 {
            let weekday = (6 - days % 7 + 7) % 7  // 0 is Sunday
            if (1...5).contains(weekday) { events.append(Self.measured(10, type: MetricType.cost, daysAgo: Double(days))) }
        }
        _ = try await store.collector.record(Delivery(events: events))
        let projection = try await ask(store) { try $0.costProjection(now: Self.now) }
        // November has 15 working days up to the 20th and 6 more after the 21st.
        #expect(projection.spent == 151)
        #expect(projection.projected == 211 && projection.days == 28)
    }

    /// A part of a day tells nothing of a month; of weekdays that are not known yet the mean of all days is expected.
    @Test func aMonthIsProjectedFromWholeDays() async throws {
        let store = try await AnalyticsStore.open()
        _ = try await store.collector.record(Delivery(events: [Self.measured(1, type: MetricType.cost)]))
        let begun = try await ask(store) { try $0.costProjection(now: Self.now) }
        #expect(begun.spent == 1 && begun.projected == nil && begun.days == 0)
        // Thursday and Friday; Thursdays and Fridays come once more each in November, and the other seven days and the rest of today.
        _ = try await store.collector.record(
            Delivery(events: [(4.0, 2.0), (10, 1)].map { Self.measured($0, type: MetricType.cost, daysAgo: $1) }))
        let known = try await ask(store) { try $0.costProjection(now: Self.now) }
        #expect(known.spent == 15 && known.days == 2)
        #expect(known.projected == 84)
        let nothing = try await ask(store, .owner("nobody")) { try $0.costProjection(now: Self.now) }
        #expect(nothing.spent == 0 && nothing.projected == nil)
    }
}
