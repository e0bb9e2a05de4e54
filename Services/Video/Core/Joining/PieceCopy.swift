import Media

/// A part of a file, its packets taken over as they are.
struct PieceCopy {
    /// Seconds that packets of other streams and frames out of order may come later in the file than they are shown.
    private static let late = 2.0
    /// Seconds that times are rounded by.
    private static let tolerance = 0.002

    let path: String
    /// Seconds by the file's own clock from its second 0; it begins with a key frame that can be copied from.
    let range: Range<Double>
    let wantsSound: Bool

    /// - Returns: frames that were written.
    /// - Throws: `MediaError`.
    func run(_ writer: MediaWriter) throws(MediaError) -> Int {
        let reader = try PacketReader(path: path) { $0.kind == .video || $0.kind == .audio && wantsSound }
        var tracks: [Int: (track: MediaWriter.Track, isVideo: Bool)] = [:]
        for stream in reader.streams {
            tracks[stream.index] = (try writer.addCopy(of: stream, from: reader), stream.kind == .video)
        }
        writer.tag(reader.info.tags)
        if range.lowerBound > 0 { try reader.seek(to: reader.start + range.lowerBound) }
        var (frames, hasBegun) = (0, false)
        while let packet = try reader.next() {
            guard let (track, isVideo) = tracks[packet.stream], let time = packet.time else { continue }
            let at = time - reader.start
            if at > range.upperBound + Self.late { break }
            guard at >= range.lowerBound - Self.tolerance, at < range.upperBound - Self.tolerance else { continue }
            if isVideo {
                // Frames that build on what lies before the cut would show damage.
                guard hasBegun || packet.isKeyFrame else { continue }
                (hasBegun, frames) = (true, frames + 1)
            }
            try writer.write(packet, to: track, shiftedBy: -reader.start - range.lowerBound)
        }
        guard frames > 0 else { throw .noFrames }
        try writer.finish()
        return frames
    }
}
