import AudioSpeech
import FoundationEssentials
import Primitives
import TestSupport
import Testing

/// The decoder has 448 positions for what came before and what it says.
@Suite(.computing, .enabled(if: InstalledModels.whisper != nil && FrontLeft.isInstalled)) struct ContextTests {
    /// The installed model told that its text ends with a token that it never gives: it goes on for as long as it is let.
    private static func endless(in folder: TemporaryFolder) throws -> WhisperFiles {
        var files = try #require(InstalledModels.whisper)
        var encoder = try Data(contentsOf: URL(filePath: files.encoder))
        // The entry of the ONNX file's metadata (StringStringEntryProto): key 1, value 2.
        let entry = Data([0x0A, 3] + Array("eot".utf8) + [0x12, 5])
        let place = try #require(encoder.firstRange(of: entry + Data("50257".utf8)))
        encoder.replaceSubrange(place, with: entry + Data("50256".utf8))
        files.encoder = folder.appending("encoder.onnx")
        try encoder.write(to: URL(filePath: files.encoder))
        return files
    }

    /// However long the prompt and the text: it breaks off before the positions are used up, and does not fail.
    @Test(arguments: [("", 1), (String(repeating: "harbour lights and ships, ", count: 200), 3)])
    func textsBreakOffWhereThePositionsEnd(_ prompt: String, _ beams: Int) throws {
        let folder = try TemporaryFolder("endless")
        let recognizer = try Recognizer(files: try Self.endless(in: folder))
        var options = RecognitionOptions()
        (options.language, options.prompt, options.beams, options.temperatures) = ("en", prompt, beams, [0])
        (options.noSpeech, options.leastLogProbability, options.mostCompression) = (2, -.infinity, .infinity)
        let segments = try recognizer.transcribe(window: FrontLeft.samples(), options: options)
        let count = segments.map(\.tokens.count).reduce(0, +)
        // Half of the context is the text's; a prompt of the other half leaves it three positions fewer, those of the start.
        #expect((100...(prompt.isEmpty ? 224 : 221)).contains(count), "\(count)")
    }
}
