import Media

/// Adds captions to a video as a track that players show or hide; pictures and sound are taken over as they are.
enum SubtitleMuxer {
    /// - Parameters:
    ///   - entries: in order of their starts.
    ///   - header: of a script, for containers that hold its styles; plain text otherwise.
    ///   - language: three letters (ISO 639-2).
    /// - Returns: seconds and frames that were copied.
    /// - Throws: `MediaError`; `.unsupported` for what the container does not hold.
    static func run(
        path: String, entries: [SubtitleEntry], header: String?, language: String?, to output: String, container: MediaContainer,
        progress: (Double) -> Void
    ) throws -> (seconds: Double, frames: Int) {
        let reader = try PacketReader(path: path) { $0.kind != .subtitles }
        guard let video = reader.streams.first(where: { $0.kind == .video }) else { throw MediaError.noVideo }
        let writer = try MediaWriter(path: output, container: container)
        var tracks: [Int: MediaWriter.Track] = [:]
        for stream in reader.streams { tracks[stream.index] = try writer.addCopy(of: stream, from: reader) }
        let subtitles = try writer.addSubtitles(language: language, header: header)
        writer.tag(reader.info.tags, chapters: reader.info.chapters)
        var waiting = entries[...]
        func write(until time: Double) throws {
            while let entry = waiting.first, entry.start <= time {
                try writer.write(entry.text, from: entry.start, to: entry.end, track: subtitles)
                waiting.removeFirst()
            }
        }
        let length = reader.info.duration ?? 0
        var position = 0.0
        while let packet = try reader.next() {
            guard let track = tracks[packet.stream] else { continue }
            let time = (packet.decodeTime ?? 0) - reader.start
            position = max(position, time + packet.duration)
            try write(until: time)
            try writer.write(packet, to: track, shiftedBy: -reader.start)
            if length > 0 { progress(min(1, time / length)) }
        }
        // What would be seen after the end is not.
        try write(until: position)
        try writer.finish()
        return (position, tracks[video.index].map(writer.frames)?.written ?? 0)
    }
}
