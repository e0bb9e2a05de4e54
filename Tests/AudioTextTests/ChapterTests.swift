import AudioAPI
import AudioText
import TestSupport
import Testing

@Suite(.computing) struct ChapterTests {
    @Test(arguments: [1e300, 1e16, .infinity]) func everyTimeCanBeWritten(_ end: Double) {
        for format in ChapterFormat.allCases {
            #expect(!format.render([Chapter(start: 0, end: end, title: "a")]).isEmpty)
        }
    }

    private static let topics = [
        [
            "The solar panels on the roof make more power than the old ones.",
            "Every solar panel turns sunlight into electricity for the battery.",
            "When clouds cover the sun the battery gives its electricity back.",
            "Our solar panels were cheap because the price of silicon cells fell.",
            "An inverter changes the voltage of the panels for the power grid.",
            "The grid pays for electricity that the solar panels do not use.",
        ],
        [
            "Sourdough bread begins with flour, water and a lively starter.",
            "Feed the sourdough starter with rye flour every morning.",
            "The dough rests in its basket until it has doubled in size.",
            "Bake the bread in a hot oven with steam for a crisp crust.",
            "Salt keeps the dough firm and gives the sourdough bread its taste.",
            "A baker folds the dough gently and never tears the crust.",
        ],
        [
            "The goalkeeper saved a penalty in the last minute of the match.",
            "Their striker scored two goals before the referee stopped the match.",
            "The football club bought a young midfielder from the league.",
            "Fans of the football club sang until the stadium closed.",
            "A red card left the team with ten players on the pitch.",
            "The coach of the team praised the goalkeeper and the striker.",
        ],
    ]

    private func transcript(repeats: Int) -> Transcript {
        let lines = Self.topics.flatMap { topic in (0..<repeats).flatMap { turn in topic.map { ($0, turn) }.map(\.0) } }
        return Transcript(
            language: "en", duration: Double(lines.count) * 6,
            segments: lines.enumerated().map { index, line in
                TranscriptSegment(id: index, start: Double(index) * 6, end: Double(index) * 6 + 5.5, text: line)
            })
    }

    @Test func topicsBecomeChapters() {
        let chapters = ChapterPlanner(shortest: 60).chapters(of: transcript(repeats: 6))
        #expect(chapters.count == 3)
        #expect(zip(chapters.map(\.start), [0.0, 216, 432]).allSatisfy { abs($0 - $1) <= 18 }, "\(chapters)")
        #expect(zip(chapters, chapters.dropFirst()).allSatisfy { $0.end == $1.start } && chapters.last?.end == 648)
        let titles = chapters.map { $0.title.lowercased() }
        #expect(
            zip(titles, [["solar", "panel", "electricity"], ["bread", "dough"], ["football", "goalkeeper", "match", "team"]])
                .allSatisfy { title, words in
                    words.contains { title.contains($0) }
                }, "\(titles)")
    }

    @Test func oneTopicIsOneChapter() {
        var short = transcript(repeats: 1)
        short.segments = Array(short.segments.prefix(4))
        #expect(ChapterPlanner().chapters(of: short).count == 1)
        #expect(ChapterPlanner(shortest: 1000).chapters(of: transcript(repeats: 6)).count == 1)
        #expect(ChapterPlanner(shortest: 0, limit: 2).chapters(of: transcript(repeats: 6)).count == 2)
    }

    @Test func withoutText() {
        #expect(ChapterPlanner().chapters(of: Transcript(duration: 60)).isEmpty)
        let sounds = Transcript(duration: 60, segments: [TranscriptSegment(id: 0, start: 1, end: 2, text: "...")])
        #expect(ChapterPlanner().chapters(of: sounds).map(\.title) == ["Chapter 1"])
    }
}
