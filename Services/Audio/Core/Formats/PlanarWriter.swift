import Jobs
import Media
import Primitives

/// Writes planar floats that an operation has made to one of its output files.
final class PlanarWriter {
    let file: JobOutput.File
    let target: AudioTarget
    private let writer: AudioWriter
    private let format: AudioFormat
    private(set) var frames = 0

    /// The encoding as results show it.
    var document: JSONValue { writer.document }
    /// Of what was written.
    var seconds: Double { Double(frames) / Double(format.sampleRate) }

    /// - Parameters:
    ///   - format: planar floats, as `write` gets them.
    ///   - name: in the output folder.
    ///   - context: says where; where somebody listens, the bytes go to them as they are made.
    /// - Throws: `MediaError`.
    init(_ target: AudioTarget, format: AudioFormat, name: String, in context: JobContext) throws(MediaError) {
        file = JobOutput.File(name: name, mediaType: target.format.mediaType)
        var target = target
        target.isStreamed = context.streamPath != nil
        writer = try AudioWriter(path: context.streamPath ?? context.outputFolder + "/" + name, target: target)
        (self.target, self.format) = (target, format)
    }

    /// - Parameter planes: samples by channel.
    /// - Throws: `MediaError`.
    func write(_ planes: [[Float]]) throws(MediaError) {
        guard let count = planes.first?.count, count > 0 else { return }
        let frame = AudioFrame(format, frameCount: count)
        for channel in 0..<format.channels { _ = frame.channel(channel).update(fromContentsOf: planes[channel]) }
        frames += count
        try writer.write(frame)
    }

    /// Writes silence, a second at a time: a pause may be long.
    /// - Throws: `MediaError`.
    func writeSilence(seconds: Double) throws(MediaError) {
        var missing = Int(clamping: seconds * Double(format.sampleRate))
        while missing > 0 {
            let count = min(missing, format.sampleRate)
            try write(Array(repeating: [Float](repeating: 0, count: count), count: format.channels))
            missing -= count
        }
    }

    /// - Throws: `MediaError`.
    func finish() throws(MediaError) { try writer.finish() }
}
