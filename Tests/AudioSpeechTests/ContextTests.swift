import AudioSpeech
import FoundationEssentials
import Primitives
import TestSupport
import Testing

/// The decoder has so many positions for what came before and what it says, 448 for every published model.
@Suite(.computing, .enabled(if: InstalledModels.whisper != nil && FrontLeft.isInstalled)) struct ContextTests {
    /// The installed model told that its text ends with a token that it never gives: it goes on for as long as it is let. And that
    /// it has fewer positions, so that this does not take long.
    private static func endless(in folder: TemporaryFolder) throws -> WhisperFiles {
        var files = try #require(InstalledModels.whisper)
        var encoder = try Data(contentsOf: URL(filePath: files.encoder))
        for (key, value, other) in [("eot", "50257", "50256"), ("n_text_ctx", "448", "128")] {
            // An entry of the ONNX file's metadata (StringStringEntryProto): key 1, value 2.
            let entry = Data([0x0A, UInt8(key.count)] + Array(key.utf8) + [0x12, UInt8(value.count)])
            let place = try #require(encoder.firstRange(of: entry + Data(value.utf8)), "\(key) is not \(value)")
            encoder.replaceSubrange(place, with: entry + Data(other.utf8))
        }
        files.encoder = folder.appending("encoder.onnx")
        try encoder.write(to: URL(filePath: files.encoder))
        return files
    }

    /// However long the prompt and the text: it breaks off before the positions are used up, and does not fail.
    @Test func textsBreakOffWhereThePositionsEnd() throws {
        let folder = try TemporaryFolder("endless")
        let recognizer = try Recognizer(files: try Self.endless(in: folder))
        var options = RecognitionOptions()
        options.prompt = String(repeating: "harbour lights and ships, ", count: 200)
        (options.language, options.beams, options.temperatures, options.wordTimes) = ("en", 1, [0], false)
        (options.noSpeech, options.leastLogProbability, options.mostCompression) = (2, -.infinity, .infinity)
        let segments = try recognizer.transcribe(window: FrontLeft.samples(), options: options)
        let count = segments.map(\.tokens.count).reduce(0, +)
        // The prompt takes half of the positions; of the other half the start takes three.
        #expect(count == 128 - 64 - 3, "\(count)")
    }
}
