import FoundationEssentials
import Glibc
import Jobs
import Media

/// A video whose pictures are copied, with the sound of another file in place of its own, beside it or mixed with it.
struct SoundExchange {
    let parameters: AudioOperation.Parameters
    let context: JobContext

    /// What fills the new track.
    private enum Filling {
        case copied(PacketReader)
        case encoded(() throws(MediaError) -> AudioFrame?)
    }

    func run() throws -> JobOutput {
        let (own, sound) = (context.inputs[0], context.inputs[1])
        let pictures = try PacketReader(path: own.path) { [self] in
            $0.kind == .video || $0.kind == .audio && parameters.action == .add
        }
        guard let video = pictures.streams.first(where: { $0.kind == .video }) else { throw MediaError.noVideo }
        // MOV and MP4 share a demuxer, but not what they hold.
        let homes: [MediaContainer] = pictures.info.container.contains("mp4") ? [.mp4, .mov] : []
        let container = homes.first { home in pictures.streams.allSatisfy { home.holds($0, from: pictures) } } ?? .mkv
        let name = OutputName.derived(
            from: own.name, suffix: parameters.action == .mix ? "mixed" : "sound", fileExtension: container.fileExtension,
            fallback: "video")
        let writer = try MediaWriter(path: context.outputFolder + "/" + name, container: container)
        var tracks: [Int: MediaWriter.Track] = [:]
        for stream in pictures.streams { tracks[stream.index] = try writer.addCopy(of: stream, from: pictures) }
        writer.tag(pictures.info.tags, chapters: pictures.info.chapters)
        let (filling, track, codec) = try addSound(writer, sound.path, own.path)
        let length = pictures.info.duration
        var (heard, waiting, end) = (0.0, MediaPacket?.none, 0.0)
        /// Writes sound up to a time of the video.
        func catchUp(to time: Double) throws(MediaError) {
            while heard <= time {
                switch filling {
                case .copied(let reader):
                    if waiting == nil { waiting = try reader.next() }
                    guard let packet = waiting else { return }
                    heard = (packet.time ?? heard) - reader.start
                    guard heard <= time else { return }
                    waiting = nil
                    try writer.write(packet, to: track, shiftedBy: -reader.start)
                case .encoded(let next):
                    guard let samples = try next() else {
                        heard = .infinity
                        return
                    }
                    heard += Double(samples.frameCount) / Double(samples.format.sampleRate)
                    try writer.write(samples, to: track)
                }
            }
        }
        while let packet = try pictures.next() {
            let time = (packet.time ?? end) - pictures.start
            end = max(end, time + packet.duration)
            try catchUp(to: time)
            guard let copy = tracks[packet.stream] else { continue }
            try writer.write(packet, to: copy, shiftedBy: -pictures.start)
            if let length, length > 0 { context.report(time / length, "writing") }
        }
        try catchUp(to: end)
        try writer.finish()
        let isCopy = if case .copied = filling { true } else { false }
        return AudioOperation.output(
            name, container.mediaType, isCopy: isCopy, codec: codec, seconds: end,
            frames: tracks[video.index].map(writer.frames)?.written)
    }

    private func addSound(
        _ writer: MediaWriter, _ path: String, _ own: String
    ) throws -> (Filling, MediaWriter.Track, String) {
        func target(_ format: AudioFormat) -> AudioTarget {
            var target = AudioTarget(
                format: .aac, sampleRate: AudioFileFormat.aac.sampleRate(nearest: min(48_000, format.sampleRate)),
                channels: min(2, format.channels))
            target.bitRate = parameters.bitRate
            return target
        }
        if parameters.action == .mix {
            func factor(_ decibels: Double) -> Double { pow(10, decibels / 20) }
            let mix = SoundMix([
                (try SampleSource(path: own), factor(parameters.ownGain)),
                (try SampleSource(path: path), factor(parameters.otherGain)),
            ])
            return (.encoded(mix.next), try writer.addAudio(target(SoundMix.format), language: parameters.language), "aac")
        }
        let reader = try EncodedSource.soundPackets(path)
        // What players of the container know is taken over as it is.
        if parameters.format == .copy, ["aac", "mp3", "opus", "ac3", "eac3"].contains(reader.streams[0].codec),
            writer.container.holds(reader.streams[0], from: reader)
        {
            return (.copied(reader), try writer.addCopy(of: reader.streams[0], from: reader), reader.streams[0].codec)
        }
        let source = try SampleSource(path: path)
        return (.encoded(source.next), try writer.addAudio(target(source.format), language: parameters.language), "aac")
    }
}
