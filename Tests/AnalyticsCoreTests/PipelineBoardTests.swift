import AnalyticsCore
import FoundationEssentials
import Persistence
import Primitives
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
        let seen = BoundedChannel<PipelineState>(capacity: 16)
        let watcher = Task { try await board.follow(.owner("ann")) { try await seen.send($0) } }
        #expect(try await seen.next()?.step == "fetch")
        _ = try await board.report(report(.running, step: "bob's"), name: "nightly", owner: "bob")
        _ = try await board.report(report(.running, step: "cut"), name: "nightly", owner: "ann")
        let state = try #require(try await seen.next())
        #expect(state.step == "cut" && state.progress == 0.1 && state.pid == 42 && state.started == started && state.owner == "ann")
        _ = try await board.report(report(.succeeded), name: "nightly", owner: "ann")
        #expect(try await seen.next()?.progress == 1)
        // Beginning anew, nothing of the time before holds.
        let again = try await board.report(report(.running), name: "nightly", owner: "ann")
        #expect(again.step == nil && again.pid == nil && again.progress == nil)
        #expect(try await board.states(for: .everyone).count == 2)
        #expect(try await board.remove("nightly", owner: "ann"))
        #expect(try await !board.remove("nightly", owner: "ann"))
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
