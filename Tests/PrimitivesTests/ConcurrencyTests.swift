import Glibc
import Primitives
import Synchronization
import Testing

@Suite struct ConcurrencyTests {
    actor Confined {
        private let executor = ThreadExecutor(name: "confined")
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private(set) var threads: Set<UInt> = []

        func note() { threads.insert(UInt(pthread_self())) }
        func stop() { executor.stop() }
    }

    @Test func actorStaysOnItsThread() async {
        let confined = Confined()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { await confined.note() } }
        }
        #expect(await confined.threads.count == 1)
        await confined.stop()
        await confined.note()  // runs, though its thread has ended
    }

    @Test func blockingThreadsRunAtOnce() async throws {
        let threads = BlockingThreads(name: "test", count: 4)
        let barrier = Barrier(4)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 { group.addTask { try await threads.run { barrier.arriveAndWait() } } }
            for try await allArrived in group { #expect(allArrived) }
        }
        threads.stop()
        await #expect(throws: BlockingThreads.Stopped.self) { try await threads.run {} }
    }

    /// Blocks until so many threads are in it at once.
    private final class Barrier: Sendable {
        private let arrived = Atomic<Int>(0)
        private let expected: Int

        init(_ expected: Int) { self.expected = expected }

        func arriveAndWait() -> Bool {
            arrived.wrappingAdd(1, ordering: .sequentiallyConsistent)
            let end = ContinuousClock.now + .seconds(10)
            while arrived.load(ordering: .sequentiallyConsistent) < expected && ContinuousClock.now < end { sched_yield() }
            return arrived.load(ordering: .sequentiallyConsistent) == expected
        }
    }

    @Test func deadlineCancelsTheWork() async {
        await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.milliseconds(20)) { try await Task.sleep(for: .seconds(60)) }
        }
    }

    @Test func workWithinTheDeadlineReturns() async throws {
        #expect(try await withDeadline(.seconds(30)) { 42 } == 42)
    }
}
