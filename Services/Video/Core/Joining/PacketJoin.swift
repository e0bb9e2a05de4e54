import Media

/// Files one after the other in one, their packets taken over as they are.
struct PacketJoin {
    let paths: [String]

    private static func isWanted(_ stream: PacketReader.Stream) -> Bool { stream.kind != .subtitles }

    /// Why packets can not be joined; `nil` when they can.
    /// - Throws: `MediaError` as opening does.
    func obstacle(in container: MediaContainer) throws(MediaError) -> String? {
        let first = try PacketReader(path: paths[0], where: Self.isWanted)
        guard first.streams.contains(where: { $0.kind == .video }) else { throw .noVideo }
        for kind in [PacketReader.Stream.Kind.video, .audio] {
            if let stream = first.streams.first(where: { $0.kind == kind }), !container.holds(stream, from: first) {
                return "\(container.rawValue) can not hold \(stream.codec)"
            }
        }
        for (index, path) in paths.enumerated().dropFirst() {
            let other = try PacketReader(path: path, where: Self.isWanted)
            guard other.streams.contains(where: { $0.kind == .video }) else { throw .noVideo }
            for kind in [PacketReader.Stream.Kind.video, .audio] {
                if let difference = first.difference(to: other, in: kind) {
                    return "\(kind.rawValue) of file \(index + 1): \(difference)"
                }
            }
        }
        return nil
    }

    /// - Parameter progress: called with the fraction done.
    /// - Returns: seconds of the whole, and its frames.
    /// - Throws: `MediaError`.
    func run(_ writer: MediaWriter, progress: (Double) -> Void) throws(MediaError) -> (seconds: Double, frames: Int) {
        var tracks: [PacketReader.Stream.Kind: MediaWriter.Track] = [:]
        var (total, chapters) = (0.0, [MediaInfo.Chapter]())
        let readers = try paths.map { path throws(MediaError) in try PacketReader(path: path, where: Self.isWanted) }
        for (index, reader) in readers.enumerated() {
            let seconds = reader.info.duration ?? 0
            chapters.append(MediaInfo.Chapter(start: total, end: total + seconds, title: "Part \(index + 1)"))
            total += seconds
        }
        for kind in [PacketReader.Stream.Kind.video, .audio] {
            guard let stream = readers[0].streams.first(where: { $0.kind == kind }) else { continue }
            tracks[kind] = try writer.addCopy(of: stream, from: readers[0])
        }
        writer.tag(readers[0].info.tags, chapters: chapters)
        var start = 0.0
        for (index, reader) in readers.enumerated() {
            let wanted = tracks.keys.compactMap { kind in reader.streams.first { $0.kind == kind } }
            var end = start
            while let packet = try reader.next() {
                guard let stream = wanted.first(where: { $0.index == packet.stream }), let track = tracks[stream.kind] else {
                    continue
                }
                let shift = start - reader.start
                if let time = packet.time { end = max(end, time + packet.duration + shift) }
                try writer.write(packet, to: track, shiftedBy: shift)
            }
            start = end
            progress(Double(index + 1) / Double(readers.count))
        }
        try writer.finish()
        return (start, tracks[.video].map(writer.frames)?.written ?? 0)
    }
}
