import Primitives
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@Suite struct LifecycleTests {
    /// What happened, in order.
    private final class Diary: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func note(_ line: String) { lines.withLock { $0.append(line) } }

        func component(_ name: String) -> Component {
            Component(
                name,
                run: {
                    do { try await Component.untilCancelled() } catch { self.note("\(name) cancelled") }
                }, drain: { self.note("\(name) drained") })
        }
    }

    private struct Broken: Error {}

    @Test func partsEndInReverseEachDrainedBeforeTheNext() async throws {
        let diary = Diary()
        let broken = Component("broken", run: { throw Broken() })
        await #expect(throws: Broken.self) {
            try await Lifecycle([diary.component("database"), diary.component("worker"), diary.component("http"), broken]).run()
        }
        #expect(
            diary.all == [
                "http drained", "http cancelled", "worker drained", "worker cancelled", "database drained", "database cancelled",
            ])
    }

    @Test func aPartThatDoesNotDrainHoldsUpNobodyForLong() async throws {
        let diary = Diary()
        let stuck = Component("stuck", drain: { try? await Task.sleep(for: .seconds(600)) })
        let broken = Component("broken", run: { throw Broken() })
        await #expect(throws: Broken.self) {
            try await Lifecycle([diary.component("database"), stuck, broken], drainLimit: .milliseconds(20)).run()
        }
        #expect(diary.all == ["database drained", "database cancelled"])
    }

    @Test func aPartThatEndsByItselfIsAFault() async throws {
        let done = Component("done", run: {})
        await #expect { try await Lifecycle([done]).run() } throws: { "\($0)".contains("done") }
    }
}
