import AudioEdit
import Jobs
import Media

/// One input of a mix, decoded as it is asked for.
final class TrackReader: MixInput {
    let channels: Int
    private let path: String
    private let format: AudioFormat
    private var decoder: AudioDecoder
    private var converter: AudioConverter
    private var hasEnded = false
    /// What the samples that were handed out lie in.
    private var current: AudioFrame?

    /// - Parameters:
    ///   - sampleRate: of the mix, Hz.
    ///   - channels: 1 or 2; other layouts are mixed down to them.
    /// - Throws: `MediaError`.
    init(_ input: JobContext.Input, sampleRate: Int, channels: Int) throws(MediaError) {
        (path, self.channels) = (input.path, channels)
        format = .planar(sampleRate: sampleRate, channels: channels, channelMask: 0)
        decoder = try MediaReader(path: path).audioDecoder()
        converter = AudioConverter(to: format)
    }

    func next() throws -> [UnsafeBufferPointer<Float>]? {
        while !hasEnded {
            if let frame = try decoder.next() {
                current = try converter.convert(frame)
            } else {
                hasEnded = true
                current = try converter.flush()
            }
            if let current, current.frameCount > 0 { return current.planes }
        }
        current = nil
        return nil
    }

    func rewind() throws {
        decoder = try MediaReader(path: path).audioDecoder()
        converter = AudioConverter(to: format)
        hasEnded = false
    }
}
