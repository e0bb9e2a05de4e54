/// Reads the identifiers that `WatermarkEmbedder` embedded, from the audio alone, at any rate, from any point on.
///
/// The channels are mixed; levels of `WatermarkGrid`'s cells are taken each 10 ms, whitened and folded over blocks; the keyed
/// synchronisation pattern is searched for over all beginnings of a block; the code is decoded at the best of them (Viterbi),
/// and what has a right checksum is reported. Blocks are read four and two at a time, as the audio comes, and, when nothing
/// was found, all of the audio as one.
///
/// **False positives.** All signs of the pattern, those of the code symbols among them, are independent fair coins of the key.
/// Let the audio be anything that was made without the key. The decoder maximises a correlation, so adding a code word to the
/// signs adds it to what is decoded; adding one does not change the distribution of the signs; therefore every one of the
/// 2^96 messages is decoded with the same probability, and a right checksum has one of 2^-32 — whatever the audio, and exactly,
/// given an ideal pseudo-random function and no ties. At most 3 beginnings are decoded for each of 2 folds each 7.68 s, and 3
/// more at the end: an hour of unmarked audio gives a false identifier with a probability of at most 2,815 / 2^32 = 6.6e-7 for
/// each speed searched.
package final class WatermarkDetector {
    private let readers: [BlockReader]
    private let channels: Int
    private var mix: [Float] = []

    /// - Parameters:
    ///   - key: that of the embedder.
    ///   - sampleRate: 8,000 to 384,000 Hz; need not be that of the embedding.
    ///   - channels: 1 to 8.
    ///   - speeds: how many times faster than when it was marked the audio may play, each 0.8 to 1.25. Each costs as
    ///     much as the first; an error of 0.1 % moves the rows by 30 ms in 30 s, which is less than a slot.
    /// - Throws: `WatermarkError`.
    package init(key: [UInt8], sampleRate: Int, channels: Int, speeds: [Double] = [1]) throws(WatermarkError) {
        guard (1...8).contains(channels) else { throw .channels(channels) }
        let pattern = try WatermarkPattern(key: key)
        var readers: [BlockReader] = []
        for speed in speeds {
            readers.append(try BlockReader(pattern: pattern, sampleRate: sampleRate, speed: speed))
        }
        (self.readers, self.channels) = (readers, channels)
    }

    /// Takes a block.
    /// - Parameter planes: a plane for each channel, all with as many samples, of any number. Samples that are not finite count
    ///   as silence.
    package func append(_ planes: [UnsafeBufferPointer<Float>]) {
        precondition(planes.count == channels && planes.allSatisfy { $0.count == planes[0].count }, "a plane a channel")
        append(count: planes[0].count) { mix in
            for plane in planes {
                let source = plane.baseAddress!
                for index in 0..<mix.count {
                    mix[index] += source[index]
                }
            }
            let scale = 1 / Float(planes.count)
            for index in 0..<mix.count {
                let value = mix[index] * scale
                mix[index] = abs(value) <= Self.loudest ? value : 0
            }
        }
    }

    /// What was found so far, by place. Later audio may extend it.
    package var detections: [WatermarkDetection] {
        readers.flatMap(\.detections).sorted { $0.start < $1.start }
    }

    /// Ends the audio and reads the rest of it.
    /// - Returns: all that was found, by place.
    package func finish() -> [WatermarkDetection] {
        for reader in readers {
            reader.finish()
        }
        return detections
    }

    /// Louder than this is no audio and must not reach the spectrum.
    private static let loudest: Float = 1e6

    private func append(count: Int, fill: (UnsafeMutableBufferPointer<Float>) -> Void) {
        guard count > 0 else { return }
        if mix.count < count { mix = Array(repeating: 0, count: count) }
        mix.withUnsafeMutableBufferPointer { mix in
            let part = UnsafeMutableBufferPointer(rebasing: mix[..<count])
            part.update(repeating: 0)
            fill(part)
            for reader in readers {
                reader.append(UnsafeBufferPointer(part))
            }
        }
    }
}
