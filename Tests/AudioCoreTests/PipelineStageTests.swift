import AudioCore
import Synchronization
import TestSupport
import Testing

@Suite(.computing) struct PipelineStageTests {
    private struct Refused: Error {}

    private final class Record: Sendable {
        private let state = Mutex<[Int]>([])
        var items: [Int] { state.withLock { $0 } }
        func append(_ item: Int) { state.withLock { $0.append(item) } }
    }

    @Test(arguments: [1, 2, 8])
    func itemsArriveInOrder(capacity: Int) throws {
        let record = Record()
        let stage = PipelineStage<Int>(name: "test", capacity: capacity) { record.append($0) }
        for item in 0..<1000 { try stage.send(item) }
        try stage.finish()
        #expect(record.items == Array(0..<1000))
    }

    @Test func failureReachesTheSender() {
        let record = Record()
        let stage = PipelineStage<Int>(name: "test", capacity: 1) { item in
            if item == 10 { throw Refused() }
            record.append(item)
        }
        #expect(throws: Refused.self) { for item in 0..<1000 { try stage.send(item) } }
        #expect(throws: Refused.self) { try stage.finish() }
        #expect(record.items == Array(0..<10))
    }

    @Test func finishWithoutItemsReturns() throws {
        try PipelineStage<Int>(name: "test", capacity: 1) { _ in }.finish()
    }
}
