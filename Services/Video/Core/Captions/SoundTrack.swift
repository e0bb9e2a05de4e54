import Media

/// The sound of a file on its way into another: copied where the container holds it, else encoded anew.
final class SoundTrack {
    private enum Source {
        case copied(PacketReader, MediaWriter.Track)
        case encoded(SampleSource, MediaWriter.Track)
        case none
    }

    private let source: Source
    private var packet: MediaPacket?
    /// Bits per second of sound that is encoded anew, each channel.
    private static let bitRate = 96_000

    /// Adds the file's sound to what is written; a file without sound adds nothing.
    /// - Throws: `MediaError`.
    init(path: String, writer: MediaWriter) throws(MediaError) {
        let reader = try PacketReader(path: path) { $0.kind == .audio }
        guard let stream = reader.streams.first else {
            source = .none
            return
        }
        guard writer.container.holds(stream, from: reader) else {
            let samples = try SampleSource(path: path, stream: stream.index)
            let format: AudioFileFormat = writer.container == .webm ? .opus : .aac
            var target = AudioTarget(
                format: format, sampleRate: format.sampleRate(nearest: samples.format.sampleRate),
                channels: min(samples.format.channels, format.maximumChannels))
            target.bitRate = Self.bitRate * target.channels
            source = .encoded(samples, try writer.addAudio(target, language: stream.language))
            return
        }
        source = .copied(reader, try writer.addCopy(of: stream, from: reader))
        packet = try Self.next(reader, stream.index)
    }

    /// Writes what is heard before a time.
    /// - Parameter seconds: from the file's second 0.
    /// - Throws: `MediaError`.
    func write(until seconds: Double, to writer: MediaWriter) throws(MediaError) {
        switch source {
        case .none: return
        case .copied(let reader, let track):
            while let waiting = packet, waiting.time.map({ $0 - reader.start <= seconds }) ?? true {
                let stream = waiting.stream
                try writer.write(waiting, to: track, shiftedBy: -reader.start)
                packet = try Self.next(reader, stream)
            }
        case .encoded(let samples, let track):
            while samples.position <= seconds, let frame = try samples.next() { try writer.write(frame, to: track) }
        }
    }

    private static func next(_ reader: PacketReader, _ stream: Int) throws(MediaError) -> MediaPacket? {
        while let packet = try reader.next() {
            if packet.stream == stream { return packet }
        }
        return nil
    }
}
