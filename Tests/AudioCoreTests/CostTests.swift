import AudioCore
import Jobs
import Media
import Testing

/// The longest input that is promised ends before the limit of processor time does.
struct CostTests {
    /// Processor seconds for an hour of sound: the bench page's rounded up, guessed high where it has none; 50 s are for the slowest
    /// encoder. Held against the limit twice, since that page's machine may be twice as fast as the one that works.
    private static let secondsAnHour = [
        "audio.probe": 10, "audio.loudness": 18, "audio.fingerprint": 20, "audio.find-mark": 10, "audio.segments": 35,
        "audio.convert": 50, "audio.normalize": 70, "audio.level": 110, "audio.effects": 150, "audio.mark": 70, "audio.mix": 300,
        "audio.separate": 260, "audio.denoise": 360,
    ]

    @Test(arguments: secondsAnHour) func twoDaysOfSoundAreWithinTheLimit(_ name: String, seconds: Int) throws {
        let operation = try #require(AudioOperations.catalogue[name])
        let hours = Int(MediaLimits().duration / 3600)
        #expect(hours == 48)
        #expect(2 * seconds * hours <= ResourceLimits.standard(operation.cost).cpuSeconds)
    }

    /// Those that hear speech, 84 s for ten minutes with five beams.
    @Test(arguments: ["audio.transcribe", "audio.cut", "audio.chapters"]) func twoDaysOfSpeechAreWithinTheLimit(_ name: String)
        throws
    {
        let operation = try #require(AudioOperations.catalogue[name])
        #expect(6 * 85 * 48 <= ResourceLimits.standard(operation.cost).cpuSeconds)
    }

    /// A megabyte of text is 19 hours of speech, of which a second takes 0.08 s; four are taken.
    @Test func theLongestTextIsWithinTheLimit() throws {
        let operation = try #require(AudioOperations.catalogue["audio.speak"])
        #expect(4 * 5_600 <= ResourceLimits.standard(operation.cost).cpuSeconds)
    }

    @Test func everyOperationIsHere() {
        let known = Set(Self.secondsAnHour.keys).union(["audio.transcribe", "audio.cut", "audio.chapters", "audio.speak"])
        #expect(Set(AudioOperations.catalogue.operations.map(\.name)) == known)
    }
}
