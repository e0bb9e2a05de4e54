import Primitives
import Testing

@Suite struct BoundedChannelTests {
    @Test func keepsOrderAcrossTasks() async throws {
        let channel = BoundedChannel<Int>(capacity: 4)
        async let sent: Void = {
            for number in 0..<1000 { try await channel.send(number) }
            channel.finish()
        }()
        var received: [Int] = []
        for try await number in channel { received.append(number) }
        try await sent
        #expect(received == Array(0..<1000))
    }

    @Test func isBounded() {
        let channel = BoundedChannel<Int>(capacity: 2)
        #expect(channel.trySend(1))
        #expect(channel.trySend(2))
        #expect(!channel.trySend(3))
        #expect(channel.count == 2)
    }

    @Test func cancelledSenderLeavesNothingBehind() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        try await channel.send(1)
        let sender = Task { try await channel.send(2) }
        sender.cancel()
        await #expect(throws: CancellationError.self) { try await sender.value }
        #expect(try await channel.next() == 1)
        channel.finish()
        #expect(try await channel.next() == nil)
    }

    @Test func cancelledReceiverReturns() async {
        let channel = BoundedChannel<Int>(capacity: 1)
        let receiver = Task { try await channel.next() }
        receiver.cancel()
        await #expect(throws: CancellationError.self) { try await receiver.value }
    }

    @Test func heldElementsComeBeforeTheError() async throws {
        let channel = BoundedChannel<Int>(capacity: 3)
        try await channel.send(7)
        channel.finish(throwing: ChannelClosed())
        #expect(try await channel.next() == 7)
        await #expect(throws: ChannelClosed.self) { try await channel.next() }
        await #expect(throws: ChannelClosed.self) { try await channel.send(8) }
    }

    @Test func manySendersLoseNothing() async throws {
        let channel = BoundedChannel<Int>(capacity: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<20 {
                group.addTask { for number in 0..<50 { try await channel.send(sender * 50 + number) } }
            }
            var received: Set<Int> = []
            while received.count < 1000, let number = try await channel.next() { received.insert(number) }
            #expect(received == Set(0..<1000))
            try await group.waitForAll()
        }
    }
}
