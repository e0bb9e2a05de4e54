/// Where the watermark lives: cells of time and frequency, in seconds and hertz, the same at every sample rate.
///
/// A block of `slots` by `cells` cells carries one copy of the payload and repeats for as long as the audio lasts. In each cell
/// all amplitudes go up or down by about one decibel; which, tells a keyed pseudo-random sign. This is the patchwork of
/// Arnold ("Audio watermarking: features, applications and algorithms", IEEE ICME 2000) on the logarithmic spectrogram of
/// Kirovski and Malvar ("Spread-spectrum watermarking of audio signals", IEEE Trans. Signal Processing 51(4), 2003).
enum WatermarkGrid {
    /// Seconds between the rows that the detector looks at, the step of its search over offsets. A whole number of samples at
    /// the usual rates.
    static let rowSeconds = 0.01
    /// Rows of a slot, the length of a cell: about as long as the frames of the transforms (32 to 64 ms) are. On hard
    /// material 40 and 60 ms are read about alike, 80 ms and more worse: shorter cells are more, though they run into each other.
    static let slotRows = 4
    static let slotSeconds = rowSeconds * Double(slotRows)
    /// Slots of a block: 7.68 s, so that a cut of 30 s holds nearly four.
    static let slots = 192
    static let rows = slots * slotRows
    static let blockSeconds = rowSeconds * Double(rows)
    /// The lowest frequency used, Hz: telephones pass it.
    static let lowestFrequency = 300.0
    /// Width of a cell, Hz: the main lobe of the transforms' window, and narrower than a critical band, so that ups and downs
    /// cancel within what the ear adds up.
    static let cellWidth = 100.0
    /// Cells of a slot, up to 8 kHz: what codecs keep at low rates.
    static let cells = 77
    /// The cells up to 3,500 Hz, which audio of 8 kHz has. They carry all of the payload; the others carry it again.
    static let telephoneCells = 32
    static let sampleRates = 8000...384_000

    /// Samples of a transform: the power of two of at least 40 ms, which resolves the cells.
    static func transformLength(sampleRate: Int) -> Int {
        var length = 64
        while Double(length) < 0.04 * Double(sampleRate) { length *= 2 }
        return length
    }

    /// The bins of a transform that make up each cell.
    /// - Parameters:
    ///   - speed: how many times faster than when it was marked the audio plays, which moves the cells up.
    /// - Returns: bounds such that cell `i` is `bounds[i]..<bounds[i + 1]`. Only cells which lie below 90 % of the Nyquist
    ///   frequency, where no converter's filter has begun to fall, are there.
    static func cellBounds(sampleRate: Int, speed: Double = 1) -> [Int] {
        let binWidth = Double(sampleRate) / Double(transformLength(sampleRate: sampleRate))
        let highest = 0.45 * Double(sampleRate)
        return (0...cells)
            .map { (lowestFrequency + Double($0) * cellWidth) * speed }
            .filter { $0 <= highest }
            .map { Int(($0 / binWidth).rounded()) }
    }
}
