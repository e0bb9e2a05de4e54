import Primitives
import Testing

@Suite struct SequenceRangesTests {
    @Test func inAnyOrderEachIsNewOnceAndNeighboursJoin() {
        var random = SystemRandomNumberGenerator()
        var seen = SequenceRanges()
        for number in (1...UInt64(200)).filter({ $0 != 77 }).shuffled(using: &random) {
            let (first, again) = (seen.insert(number), seen.insert(number))
            #expect(first && !again)
        }
        #expect(seen.ranges == [1...76, 78...200])
        #expect(seen.text == "1-76,78-200")
        #expect(SequenceRanges(seen.text) == seen)
        let isNew = seen.insert(77)
        #expect(isNew)
        #expect(seen.ranges == [1...200])
    }

    @Test(arguments: ["", "-", "5-3", "a-b", "1-2-3"])
    func whatIsNoRangeIsLeftOut(text: String) {
        #expect(SequenceRanges(text).ranges.isEmpty)
        #expect(SequenceRanges("\(text),4-6").ranges == [4...6])
    }
}
