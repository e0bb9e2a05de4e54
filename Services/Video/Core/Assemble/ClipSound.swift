import Media

/// A part of a file's sound, opened when it is first heard.
final class ClipSound: MixInput {
    let channels: Int
    private let path: String
    private let from: Double
    private let format: AudioFormat
    /// Samples that it lasts.
    private let length: Int
    private var source: SampleSource?
    private var converter: AudioConverter
    private var taken = 0
    private var hasEnded = false
    /// What the samples that were handed out lie in.
    private var current: AudioFrame?

    /// - Parameters:
    ///   - from: seconds of the file.
    ///   - length: samples of the mix.
    ///   - channels: 1 or 2.
    init(path: String, from: Double, length: Int, channels: Int, sampleRate: Int) {
        (self.path, self.from, self.length, self.channels) = (path, from, length, channels)
        format = .float(sampleRate: sampleRate, channels: channels)
        converter = AudioConverter(to: format)
    }

    func next() throws -> [UnsafeBufferPointer<Float>]? {
        if source == nil, !hasEnded { source = try SampleSource(path: path, from: from) }
        while !hasEnded, taken < length {
            if let frame = try source?.next() {
                current = try converter.convert(frame)
            } else {
                (source, hasEnded) = (nil, true)
                current = try converter.flush()
            }
            guard let current, current.frameCount > 0 else { continue }
            let count = min(current.frameCount, length - taken)
            taken += count
            return (0..<channels).map { UnsafeBufferPointer(rebasing: UnsafeBufferPointer(current.channel($0))[..<count]) }
        }
        // Open files are few, however many sounds a timeline has.
        (source, current, hasEnded) = (nil, nil, true)
        return nil
    }

    func rewind() {
        (source, taken, hasEnded) = (nil, 0, false)
        converter = AudioConverter(to: format)
    }
}
