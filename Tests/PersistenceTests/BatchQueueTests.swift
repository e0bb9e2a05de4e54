import Persistence
import Primitives
import Testing

struct BatchQueueTests {
    /// Nothing in these tests waits for so long.
    private static let never = Duration.hours(1)

    @Test func aFullBatchIsTakenAtOnce() async throws {
        let queue = BatchQueue<Int>(capacity: 8, batch: 2, interval: Self.never)
        #expect(try queue.offer(1))
        #expect(try queue.offer(2))
        #expect(try await queue.next() == [1, 2])
    }

    /// What is offered while a batch is on its way to the disk waits for company as any other.
    @Test func oldWakeUpsEndNoWait() async throws {
        let queue = BatchQueue<Int>(capacity: 8, batch: 2, interval: Self.never)
        for number in 1...3 { #expect(try queue.offer(number)) }
        #expect(try await queue.next() == [1, 2])
        async let second = queue.next()
        for _ in 0..<100 { await Task.yield() }
        #expect(try queue.offer(4))
        #expect(try await second == [3, 4])
    }

    @Test func theRestIsTakenAtTheEnd() async throws {
        let queue = BatchQueue<Int>(capacity: 8, batch: 4, interval: Self.never)
        #expect(try queue.offer(1))
        async let rest = queue.next()
        queue.finish()
        #expect(try await rest == [1])
        #expect(try await queue.next() == nil)
        #expect(throws: ChannelClosed.self) { try queue.offer(2) }
    }

    @Test func sendersWaitForRoom() async throws {
        let queue = BatchQueue<Int>(capacity: 2, batch: 2, interval: Self.never)
        #expect(try queue.offer(1))
        #expect(try queue.offer(2))
        #expect(try !queue.offer(3))
        async let sent: Void = queue.send(3)
        #expect(try await queue.next() == [1, 2])
        try await sent
        queue.finish()
        #expect(try await queue.next() == [3])
    }
}
