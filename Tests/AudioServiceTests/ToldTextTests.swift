import Testing

@testable import avstudio_audio

struct ToldTextTests {
    private static let pieces = [("The fox jumps.", true), ("It sleeps.", true), ("你好", false), ("Then it wakes.", true)]

    /// The deltas of some pieces.
    private static func deltas(_ pieces: some Sequence<(String, Bool)>, _ told: inout ToldText) -> [String] {
        pieces.compactMap { told.delta(for: $0.0, hasLeadingSpace: $0.1) }
    }

    /// The worker dies after so many pieces; the next hears all again.
    @Test(arguments: 0...4) func whatWasToldIsNotToldAgain(_ count: Int) {
        var told = ToldText()
        told.begin(attempt: 1)
        let first = Self.deltas(Self.pieces.prefix(count), &told)
        told.begin(attempt: 2)
        let second = Self.deltas(Self.pieces, &told)
        #expect((first + second).joined() == "The fox jumps. It sleeps.你好 Then it wakes.")
        #expect(first.count == count && second.count == 4 - count)
        #expect(told.text == (first + second).joined())
    }

    /// A second attempt may cut what it hears at other places.
    @Test func piecesMayBeCutOtherwise() {
        var told = ToldText()
        told.begin(attempt: 1)
        #expect(Self.deltas([("The fox", true)], &told) == ["The fox"])
        told.begin(attempt: 2)
        #expect(Self.deltas([("The", true), ("fox jumps.", true), ("It sleeps.", true)], &told) == [" jumps.", " It sleeps."])
    }

    /// What was told can not be taken back: the rest is left to the end, where the whole text is told.
    @Test func anotherTextIsNotToldBetween() {
        var told = ToldText()
        told.begin(attempt: 1)
        _ = Self.deltas([("The fox jumps.", true)], &told)
        told.begin(attempt: 2)
        #expect(Self.deltas([("The box jumps.", true), ("It sleeps.", true)], &told) == [])
        #expect(told.text == "The fox jumps.")
    }
}
