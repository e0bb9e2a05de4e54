import Testing

@testable import AudioCore

/// Windows of a sound whose speech is told by a script: every block's samples are its own number.
@Suite struct SpeechWindowsTests {
    private static let block = VoiceActivity.blockLength
    private static let blocksPerSecond = Double(VoiceActivity.sampleRate) / Double(block)

    /// Stretches of likely speech and of silence, in seconds, one after the other.
    private static func windows(_ stretches: [(seconds: Double, isSpeech: Bool)]) throws -> [SpeechWindows.Window] {
        let speech = stretches.flatMap { Array(repeating: $0.isSpeech, count: Int($0.seconds * blocksPerSecond)) }
        var found: [SpeechWindows.Window] = []
        let windows = SpeechWindows { block in speech[Int(block[0])] ? 0.9 : 0.01 }
        let samples = speech.indices.flatMap { Array(repeating: Float($0), count: block) }
        // In pieces that are no whole blocks, as a decoder gives them.
        for start in stride(from: 0, to: samples.count, by: 1152) {
            try samples[start..<min(start + 1152, samples.count)].withUnsafeBufferPointer { piece in
                try windows.push(piece) { found.append($0) }
            }
        }
        try windows.finish { found.append($0) }
        return found
    }

    /// The blocks of speech that lie in no window, and those that lie in two.
    private static func lostAndDoubled(
        _ windows: [SpeechWindows.Window], of stretches: [(seconds: Double, isSpeech: Bool)]
    ) -> (lost: Int, doubled: Int) {
        let speech = stretches.flatMap { Array(repeating: $0.isSpeech, count: Int($0.seconds * blocksPerSecond)) }
        var heard = Array(repeating: 0, count: speech.count)
        for window in windows {
            for start in stride(from: 0, to: window.samples.count, by: block) { heard[Int(window.samples[start])] += 1 }
        }
        return (speech.indices.count { speech[$0] && heard[$0] == 0 }, speech.indices.count { speech[$0] && heard[$0] > 1 })
    }

    /// A speaker who only takes breath: the window that is full is cut in a breath, and what follows is in the next one.
    @Test(arguments: [0.1, 0.2, 0.3, 0.39, 0.5, 1.0, 1.5, 2.0], [1.0, 4.7, 6.1, 9.3, 27.7, 40])
    func nothingIsLostOrHeardTwice(pause: Double, sentence: Double) throws {
        let stretches = (0..<Int(100 / sentence)).flatMap { _ in [(sentence, true), (pause, false)] }
        let windows = try Self.windows(stretches)
        #expect(Self.lostAndDoubled(windows, of: stretches) == (0, 0))
        #expect(windows.allSatisfy { !$0.samples.isEmpty && $0.samples.count <= 30 * VoiceActivity.sampleRate })
        #expect(
            windows.allSatisfy { $0.start == Double($0.samples[0]) * Double(Self.block) / Double(VoiceActivity.sampleRate) })
    }

    /// A breath behind a cut that becomes silence is no window.
    @Test(arguments: [27.5, 27.7, 27.9, 28.1, 28.3]) func silenceBehindACutIsNoWindow(speech: Double) throws {
        let windows = try Self.windows([(0.1, false), (speech, true), (10, false)])
        #expect(!windows.isEmpty)
        #expect(windows.allSatisfy { $0.speech.contains(true) && $0.samples.count == $0.speech.count * Self.block })
    }

    @Test func tellsHowMuchSpeechIsLeft() throws {
        let window = try #require(try Self.windows([(1, false), (4, true), (1, false), (2, true), (2, false)]).first)
        #expect(abs(window.speech(after: 0) - 6) < 0.1)
        #expect(abs(window.speech(after: 3) - 4) < 0.1)
        #expect(abs(window.speech(after: 5.5) - 2) < 0.1)
        #expect(window.speech(after: 8.5) == 0 && window.speech(after: 100) == 0)
        let rest = window.rest(after: 5.5)
        #expect(abs(rest.start - 5.5) < 0.04 && rest.samples.first == Float((rest.start * Self.blocksPerSecond).rounded()))
        #expect(abs(rest.speech(after: rest.start) - 2) < 0.1 && rest.samples.count == rest.speech.count * Self.block)
    }
}
