import Glibc
import Media

/// The front of the detector: mono audio at any rate becomes a row of cell levels each 10 ms.
///
/// For audio that plays faster or slower than when it was marked, rows come closer or wider and cells lie higher or lower.
final class CellAnalyzer {
    /// Levels this far, in dB, under the loudest of the last seconds are noise of codecs and converters.
    private static let range: Float = 65
    /// The share of the loudest power that is left after a row: 4 dB a second.
    private static let decay: Float = 0.991
    /// The smallest power that counts, of a cell at full scale 1.
    private static let silence: Float = 1e-10

    /// Cells that audio of this rate has.
    let cellCount: Int
    private let rowSamples: Double
    private let length: Int
    private let bounds: [Int]
    private let window: [Float]
    private let transform: RealTransform
    private var samples: [Float]
    /// Samples that are no longer in `samples`.
    private var dropped = 0
    private var rowCount = 0
    private var loudest: Float = 0
    private var levels: [Float]

    init(sampleRate: Int, speed: Double) throws(WatermarkError) {
        guard WatermarkGrid.sampleRates.contains(sampleRate) else { throw .sampleRate(sampleRate) }
        guard (0.8...1.25).contains(speed) else { throw .speed(speed) }
        length = WatermarkGrid.transformLength(sampleRate: sampleRate)
        rowSamples = Double(sampleRate) * WatermarkGrid.rowSeconds / speed
        bounds = WatermarkGrid.cellBounds(sampleRate: sampleRate, speed: speed)
        cellCount = bounds.count - 1
        window = HannWindow.make(length)
        do {
            transform = try RealTransform(length: length)
        } catch {
            throw .outOfMemory
        }
        // The first row is centred at the first sample.
        samples = Array(repeating: 0, count: length / 2)
        levels = Array(repeating: 0, count: bounds.count - 1)
    }

    /// Takes mono audio.
    /// - Parameter row: called with the levels in dB of each row that is complete.
    func append(_ block: UnsafeBufferPointer<Float>, row: (UnsafePointer<Float>) -> Void) {
        samples.append(contentsOf: block)
        while true {
            let start = Int((Double(rowCount) * rowSamples).rounded()) - dropped
            guard start + length <= samples.count else {
                samples.removeFirst(min(start, samples.count))
                dropped += start
                return
            }
            analyse(at: start)
            rowCount += 1
            levels.withUnsafeBufferPointer { row($0.baseAddress!) }
        }
    }

    private func analyse(at start: Int) {
        samples.withUnsafeBufferPointer { samples in
            window.withUnsafeBufferPointer { window in
                let (from, window, to) = (samples.baseAddress! + start, window.baseAddress!, transform.samples.baseAddress!)
                for index in 0..<length {
                    to[index] = from[index] * window[index]
                }
            }
        }
        transform.forward()
        // Powers of a full-scale sine become one at most: its peak in a Hann window's spectrum is a quarter of the length.
        let scale = 16 / (Float(length) * Float(length))
        let spectrum = transform.spectrum.baseAddress!
        var strongest: Float = 0
        levels.withUnsafeMutableBufferPointer { levels in
            for cell in 0..<cellCount {
                var power: Float = 0
                for bin in bounds[cell]..<bounds[cell + 1] {
                    let value = spectrum[bin]
                    power += value.x * value.x + value.y * value.y
                }
                levels[cell] = power * scale
                strongest = max(strongest, levels[cell])
            }
            loudest = max(strongest, loudest * Self.decay)
            let floor = loudest * exp2(-Self.range / FastLogarithm.decibelsPerOctave) + Self.silence
            for cell in 0..<cellCount {
                levels[cell] = FastLogarithm.decibelsPerOctave * FastLogarithm.log2(levels[cell] + floor)
            }
        }
    }
}
