import AnalyticsCore
import FoundationEssentials
import Persistence
import Primitives
import Synchronization
import Testing
import TestSupport

/// What pipelines say of themselves, and who sees it.
struct PipelineBoardTests {
    private func report(_ status: PipelineState.Status, step: String = "", progress: Double? = nil) -> PipelineReport {
        var report = PipelineReport()
        (report.status, report.step, report.progress) = (status, step, progress)
        return report
    }

    @Test func aStateIsKeptAndToldToThoseWhoMaySeeIt() async throws {
        let store = try await AnalyticsStore.open()
        let board = PipelineBoard(store.database, file: store.folder.appending("pipeline_state.json"))
        var first = report(.running, step: "fetch", progress: 0.1)
        first.pid = 42
        _ = try await board.report(first, name: "nightly", owner: "ann")
        let started = try #require(try await board.states(for: .owner("ann")).first?.started)
        let seen = BoundedChannel<PipelineNews>(capacity: 16)
        let watcher = Task { try await board.follow(.owner("ann")) { try await seen.send($0) } }
        func told() async throws -> PipelineState? {
            guard case .state(let state)? = try await seen.next() else { return nil }
            return state
        }
        #expect(try await told()?.step == "fetch")
        #expect(try await seen.next() == .ready)
        _ = try await board.report(report(.running, step: "bob's"), name: "nightly", owner: "bob")
        _ = try await board.report(report(.running, step: "cut"), name: "nightly", owner: "ann")
        let state = try #require(try await told())
        #expect(state.step == "cut" && state.progress == 0.1 && state.pid == 42 && state.started == started && state.owner == "ann")
        _ = try await board.report(report(.succeeded), name: "nightly", owner: "ann")
        #expect(try await told()?.progress == 1)
        // Beginning anew, nothing of the time before holds.
        let again = try await board.report(report(.running), name: "nightly", owner: "ann")
        #expect(again.step == nil && again.pid == nil && again.progress == nil)
        #expect(try await board.states(for: .everyone).count == 2)
        #expect(try await told()?.step == nil)
        #expect(try await board.remove("nightly", owner: "ann"))
        guard case .removed(let gone)? = try await seen.next() else {
            Issue.record("that a pipeline is gone was not told")
            return
        }
        #expect(gone.name == "nightly" && gone.owner == "ann")
        #expect(try await !board.remove("nightly", owner: "ann"))
        watcher.cancel()
    }

    /// Whatever is said at once, what is told last is how it is.
    @Test func theLastWordIsTheState() async throws {
        let store = try await AnalyticsStore.open()
        let board = PipelineBoard(store.database, file: store.folder.appending("pipeline_state.json"))
        for round in 0..<20 {
            let last = Mutex<PipelineState?>(nil)
            let watcher = Task {
                try await board.follow(.everyone) { news in
                    if case .state(let state) = news { last.withLock { $0 = state } }
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for place in 0..<16 {
                    group.addTask {
                        _ = try await board.report(report(.running, step: "\(round).\(place)"), name: "p", owner: "ann")
                    }
                }
                try await group.waitForAll()
            }
            let kept = try await board.states(for: .everyone).first
            try await eventually("the last is told") { last.withLock { $0?.step } == kept?.step }
            watcher.cancel()
        }
    }

    /// A watcher that does not keep up is not left with what is no longer so: its stream ends.
    @Test func whoFallsBehindBeginsAnew() async throws {
        let store = try await AnalyticsStore.open()
        let board = PipelineBoard(store.database, file: store.folder.appending("pipeline_state.json"))
        _ = try await board.report(report(.idle), name: "p", owner: "ann")
        let (first, goOn) = (BoundedChannel<Void>(capacity: 1), BoundedChannel<Void>(capacity: 1))
        let watcher = Task {
            try await board.follow(.everyone) { _ in
                if first.trySend(()) { _ = try await goOn.next() }
            }
        }
        while first.count == 0 { await Task.yield() }
        for place in 0..<400 {
            _ = try await board.report(report(.running, progress: Double(place) / 400), name: "p", owner: "ann")
        }
        #expect(goOn.trySend(()))
        try await withDeadline(.seconds(30)) { try await watcher.value }
    }

    /// A process that was killed says nothing more; it is shown that nothing was heard of it.
    @Test func aPipelineThatGoesSilentIsStale() async throws {
        let store = try await AnalyticsStore.open()
        let file = store.folder.appending("pipeline_state.json")
        let board = PipelineBoard(store.database, file: file, patience: .milliseconds(400))
        let running = Task { try await board.run() }
        defer { running.cancel() }
        let fresh = try await board.report(report(.running), name: "nightly", owner: "ann")
        #expect(fresh.stale == false)
        _ = try await board.report(report(.succeeded), name: "done", owner: "ann")
        let seen = Mutex<[PipelineState]>([])
        let watcher = Task {
            try await board.follow(.everyone) { news in
                if case .state(let state) = news { seen.withLock { $0.append(state) } }
            }
        }
        try await eventually("its silence is told") { seen.withLock { $0.contains { $0.name == "nightly" && $0.stale == true } } }
        try await eventually("the file tells it") {
            let data = FileManager.default.contents(atPath: file) ?? Data()
            let pipelines = try? JSONValue(parsing: Bytes(data))["pipelines"]?.arrayValue
            return pipelines?.contains { $0["name"] == "nightly" && $0["stale"] == true } == true
        }
        #expect(seen.withLock { $0.allSatisfy { $0.name == "nightly" || $0.stale == false } })
        let later = Timestamp.now().advanced(by: .seconds(60))
        #expect(try await board.states(for: .everyone, now: later).map(\.stale) == [false, true])
        #expect(try await board.report(report(.running, step: "back"), name: "nightly", owner: "ann").stale == false)
        watcher.cancel()
    }

    @Test func theFileFollows() async throws {
        let store = try await AnalyticsStore.open()
        let file = store.folder.appending("pipeline_state.json")
        let board = PipelineBoard(store.database, file: file)
        let running = Task { try await board.run() }
        _ = try await board.report(report(.running, step: "fetch"), name: "nightly", owner: "ann")
        func step() -> String? {
            guard let data = FileManager.default.contents(atPath: file), let document = try? JSONValue(parsing: Bytes(data)) else {
                return nil
            }
            return document["pipelines"]?[0]?["step"]?.stringValue
        }
        try await eventually("the file is written") { step() == "fetch" }
        for place in 0..<50 { _ = try await board.report(report(.running, step: "\(place)"), name: "nightly", owner: "ann") }
        try await eventually("the file has the last state") { step() == "49" }
        running.cancel()
    }

    @Test func anOwnerHasSoManyAndNoMore() async throws {
        let store = try await AnalyticsStore.open()
        let board = PipelineBoard(store.database, file: store.folder.appending("pipeline_state.json"))
        for place in 0..<200 { _ = try await board.report(report(.idle), name: "p\(place)", owner: "ann") }
        await #expect(throws: PipelineLimit.self) { _ = try await board.report(report(.idle), name: "more", owner: "ann") }
        _ = try await board.report(report(.running), name: "p7", owner: "ann")
        _ = try await board.report(report(.idle), name: "more", owner: "bob")
    }
}
