import Contracts
import Jobs
import Primitives
import TestSupport
import Testing

@Suite struct SlotsTests {
    @Test func theSumStaysWithinTheCapacity() async throws {
        let slots = Slots(10)
        let held = Held()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let amount = index % 7 + 1
                    try await slots.acquire(amount)
                    await held.change(by: amount)
                    await Task.yield()
                    await held.change(by: -amount)
                    slots.release(amount)
                }
            }
            try await group.waitForAll()
        }
        #expect(await held.now == 0)
        #expect((8...10).contains(await held.most))
    }

    @Test func whoWaitsTooLongIsToldAndTakesNothing() async throws {
        let slots = Slots(2)
        try await slots.acquire(2)
        let problem = await #expect(throws: JobProblem.self) { try await slots.acquire(1, within: .milliseconds(10)) }
        #expect(problem?.isRetriable == true && problem?.code == "busy")
        #expect(slots.waitingCount == 0)
        slots.release(2)
        try await slots.acquire(2, within: .seconds(20))
        let waiting = Task { try await slots.acquire(1, within: .seconds(600)) }
        try await untilWaiting(slots, 1)
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        slots.release(2)
        try await slots.acquire(2, within: nil)
    }

    /// A demand beyond the capacity has everything to itself, and is not overtaken for ever.
    @Test func largeDemandsAreServedInTheirTurn() async throws {
        let slots = Slots(4)
        try await slots.acquire(1)
        let order = Order()
        let large = Task {
            try await slots.acquire(100)
            await order.append("large")
            slots.release(100)
        }
        try await untilWaiting(slots, 1)
        let small = Task {
            try await slots.acquire(1)
            await order.append("small")
            slots.release(1)
        }
        try await untilWaiting(slots, 2)
        slots.release(1)
        try await large.value
        try await small.value
        #expect(await order.names == ["large", "small"])
    }

    @Test(arguments: [true, false]) func whoeverIsCancelledTakesNothing(isEarly: Bool) async throws {
        let slots = Slots(1)
        try await slots.acquire()
        let waiting = Task {
            if isEarly { withUnsafeCurrentTask { $0?.cancel() } }
            try await slots.acquire()
        }
        if !isEarly {
            try await untilWaiting(slots, 1)
            waiting.cancel()
        }
        await #expect(throws: CancellationError.self) { try await waiting.value }
        slots.release()
        try await slots.acquire()
        #expect(slots.waitingCount == 0)
    }

    /// What may as well not be done takes only what is free and overtakes nobody.
    @Test func tryingNeverWaits() async throws {
        let slots = Slots(4)
        #expect(slots.tryAcquire(3) && !slots.tryAcquire(2) && slots.tryAcquire(1))
        slots.release(2)
        let queued = BoundedChannel<Bool>(capacity: 1)
        let waiting = Task { try await slots.acquire(3) { _ = queued.trySend(true) } }
        // Told once it stands in the queue.
        #expect(try await queued.next() == true)
        #expect(slots.waitingCount == 1 && !slots.tryAcquire(1))
        slots.release(1)
        try await waiting.value
        slots.release(4)
        #expect(slots.tryAcquire(99), "more than there is means all of it")
    }

    private func untilWaiting(_ slots: Slots, _ count: Int) async throws {
        try await eventually("\(count) wait") { slots.waitingCount >= count }
    }
}

private actor Held {
    private(set) var now = 0
    private(set) var most = 0

    func change(by amount: Int) {
        now += amount
        most = max(most, now)
    }
}

private actor Order {
    private(set) var names: [String] = []

    func append(_ name: String) { names.append(name) }
}
