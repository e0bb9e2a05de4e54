import Inference

/// Cuts a stream of sound into windows that hold speech, for a recogniser that hears half a minute at once.
///
/// Speech begins when the network says so and ends after a rest; what lies close together shares a window. A window that gets too
/// long is cut where speech is least likely.
final class SpeechWindows {
    struct Window {
        /// Seconds from the beginning of the sound.
        let start: Double
        /// 16 kHz mono.
        let samples: [Float]
        /// Which blocks of 32 ms hold speech.
        let speech: [Bool]

        /// Seconds of speech behind a moment.
        /// - Parameter time: seconds from the beginning of the sound.
        func speech(after time: Double) -> Double {
            Double(speech.dropFirst(blocks(before: time)).count { $0 } * block) / rate
        }

        /// The rest behind a moment.
        /// - Parameter time: seconds from the beginning of the sound.
        func rest(after time: Double) -> Window {
            let blocks = blocks(before: time)
            return Window(
                start: start + Double(blocks * block) / rate, samples: Array(samples.dropFirst(blocks * block)),
                speech: Array(speech.dropFirst(blocks)))
        }

        private func blocks(before time: Double) -> Int { min(speech.count, max(0, Int((time - start) * rate) / block)) }
    }

    /// Silero's own thresholds.
    private static let begins: Float = 0.5
    private static let ends: Float = 0.35
    private static let rate = Double(VoiceActivity.sampleRate)
    private static let block = VoiceActivity.blockLength
    private static func blocks(_ seconds: Double) -> Int { Int(seconds * rate) / block }
    /// Kept around speech: the network hears onsets late.
    private static let padding = blocks(0.3)
    /// A shorter rest does not end speech.
    private static let rest = blocks(0.4)
    /// Speech further apart than this goes to another window.
    private static let gap = blocks(1.6)
    /// The longest window, of the half minute that fits.
    private static let longest = blocks(28)
    /// How far back a cut is looked for in speech without rest.
    private static let searched = blocks(8)

    private let probability: (UnsafeBufferPointer<Float>) throws -> Float
    /// Whole blocks from `firstBlock` on, and their probabilities.
    private var samples: [Float] = []
    private var probabilities: [Float] = []
    private var firstBlock = 0
    private var partial: [Float] = []
    /// The window that is open, in blocks from the beginning: its start, and the end of the speech in it so far.
    private var open: (start: Int, end: Int)?
    /// How many blocks it has been since speech was likely; `nil` outside speech.
    private var silentBlocks: Int?

    /// - Parameter probability: how likely a block of `VoiceActivity.blockLength` samples holds speech; asked block after block.
    init(probability: @escaping (UnsafeBufferPointer<Float>) throws -> Float) {
        self.probability = probability
    }

    /// Takes samples at 16 kHz.
    /// - Parameter emit: gets each window that is complete.
    func push(_ more: UnsafeBufferPointer<Float>, _ emit: (Window) throws -> Void) throws {
        partial += more
        var used = 0
        while partial.count - used >= Self.block {
            let probability = try partial.withUnsafeBufferPointer { partial in
                try self.probability(UnsafeBufferPointer(rebasing: partial[used..<used + Self.block]))
            }
            samples += partial[used..<used + Self.block]
            probabilities.append(probability)
            used += Self.block
            try take(probability, emit)
        }
        partial.removeFirst(used)
    }

    /// Gives the last window.
    func finish(_ emit: (Window) throws -> Void) throws {
        // What is left of a block may end a word.
        if !partial.isEmpty {
            samples += partial + [Float](repeating: 0, count: Self.block - partial.count)
            probabilities.append(0)
        }
        if silentBlocks != nil { open?.end = blockCount }
        try close(upTo: blockCount, emit)
    }

    private var blockCount: Int { firstBlock + probabilities.count }

    private func take(_ probability: Float, _ emit: (Window) throws -> Void) throws {
        let now = blockCount
        if let silent = silentBlocks {
            silentBlocks = probability < Self.ends ? silent + 1 : 0
            open?.end = now - (silentBlocks ?? 0)
            if silentBlocks == Self.rest {
                silentBlocks = nil
                // The breath behind a cut was the end.
                if let window = open, window.end <= window.start { open = nil }
            }
        } else if probability >= Self.begins {
            silentBlocks = 0
            let start = max(firstBlock, now - 1 - Self.padding)
            open = (open?.start ?? start, now)
        }
        guard let window = open else { return forget(before: now - Self.padding - 1) }
        if silentBlocks == nil, now - window.end >= Self.gap {
            try close(upTo: min(now, window.end + Self.padding), emit)
        } else if now - window.start >= Self.longest {
            try cut(window, emit)
        }
    }

    private func close(upTo end: Int, _ emit: (Window) throws -> Void) throws {
        guard let window = open else { return }
        open = nil
        silentBlocks = nil
        try emit(self.window(window.start..<min(blockCount, max(end, window.end + Self.padding))))
        forget(before: blockCount - Self.padding - 1)
    }

    /// Cuts a full window where speech is least likely, and goes on behind.
    private func cut(_ window: (start: Int, end: Int), _ emit: (Window) throws -> Void) throws {
        let candidates = (blockCount - Self.searched)..<blockCount
        let place = candidates.min { probabilities[$0 - firstBlock] < probabilities[$1 - firstBlock] } ?? blockCount
        try emit(self.window(window.start..<place))
        // Speech that goes on, or only takes a breath, is the beginning of the next window.
        open = silentBlocks != nil || window.end > place ? (place, max(place, window.end)) : nil
        forget(before: place)
    }

    private func window(_ range: Range<Int>) -> Window {
        let slice = samples[(range.lowerBound - firstBlock) * Self.block..<(range.upperBound - firstBlock) * Self.block]
        let speech = probabilities[range.lowerBound - firstBlock..<range.upperBound - firstBlock].map { $0 >= Self.begins }
        return Window(start: Double(range.lowerBound * Self.block) / Self.rate, samples: Array(slice), speech: speech)
    }

    private func forget(before block: Int) {
        let count = block - firstBlock
        // Moving the rest for every block would cost more than it saves.
        guard count > Self.longest || count > 0 && open == nil && count > 4 * Self.padding else { return }
        samples.removeFirst(count * Self.block)
        probabilities.removeFirst(count)
        firstBlock = block
    }
}
