import Media

/// One file that is made of a pass over another: its pictures filtered and encoded, its sound encoded or copied.
final class Rendition {
    /// How the pictures are made.
    struct Video {
        var filters: String
        var target: VideoTarget
    }

    /// How the sound is made.
    enum Audio {
        /// Through filters, in libavfilter's own form.
        case encoded(AudioTarget, filters: String)
        case copied(PacketReader)
        case none
    }

    /// What was made.
    struct Outcome {
        /// Frames written, and frames left out because their time was not later than the last one's.
        let frames: Int
        let dropped: Int
        /// As libavcodec names what encoded the pictures.
        let encoder: String?
        let isHardware: Bool
        let bytes: Int64
        /// Seconds of the pictures by their last frame, and of the sound.
        let lastFrame: Double
        let sound: Double
    }

    let writer: MediaWriter
    private let window: Range<Double>
    private let graph: VideoFilterGraph?
    private let timeBase: Ratio
    private let track: MediaWriter.Track?
    private let audioTrack: MediaWriter.Track?
    private let soundFilters: String
    private var soundGraph: FilterGraph?
    private var copy: (reader: PacketReader, waiting: MediaPacket?)?
    private var heard: Double
    private var lastFrame = 0.0

    /// - Parameters:
    ///   - video: `nil` for sound alone.
    ///   - window: seconds of the source that are taken.
    /// - Throws: `MediaError`.
    init(
        _ writer: MediaWriter, source: FrameSource?, video: Video?, audio: Audio, window: Range<Double> = 0..<Double.infinity
    ) throws(MediaError) {
        (self.writer, self.window, heard) = (writer, window, window.lowerBound)
        if let source, let video {
            graph = video.filters.isEmpty ? nil : try VideoFilterGraph(video.filters, format: source.format, threads: 2)
            let format = graph?.output ?? source.format
            timeBase = format.timeBase
            track = try writer.addVideo(video.target, format: format)
        } else {
            (graph, track, timeBase) = (nil, nil, Ratio(1, 1000))
        }
        switch audio {
        case .encoded(let target, let filters):
            (audioTrack, soundFilters) = (try writer.addAudio(target), filters)
        case .copied(let reader):
            guard let stream = reader.streams.first(where: { $0.kind == .audio }) else { throw .noAudio }
            (audioTrack, soundFilters) = (try writer.addCopy(of: stream, from: reader), "")
            copy = (reader, nil)
        case .none: (audioTrack, soundFilters) = (nil, "")
        }
    }

    /// What players call the codec of the pictures (RFC 6381); known once something was written.
    var videoCodecName: String? { track.flatMap(writer.codecName) }

    /// Whether nothing more of the source is wanted at a time.
    func isOver(at seconds: Double) -> Bool { seconds >= window.upperBound }

    /// Takes a frame of the source; those outside the window are left out.
    /// - Throws: `MediaError`.
    func take(_ frame: VideoFrame) throws(MediaError) {
        // Half a millisecond: containers round times.
        guard let track, frame.time >= window.lowerBound - 0.0005, frame.time < window.upperBound - 0.0005 else { return }
        let time = max(0, frame.time - window.lowerBound)
        if copy != nil { try copySound(until: frame.time) }
        guard let graph else { return try write(frame.at(time, timeBase: timeBase), to: track) }
        try graph.push(window.lowerBound > 0 ? frame.at(time, timeBase: graph.inputTimeBase) : frame)
        while let filtered = try graph.pull() { try write(filtered, to: track) }
    }

    /// Takes sound of the source, which follows the last without a gap.
    /// - Parameter start: seconds of the source that it begins at.
    /// - Throws: `MediaError`.
    func take(_ sound: AudioFrame, from start: Double) throws(MediaError) {
        guard let audioTrack, copy == nil else { return }
        let rate = Double(sound.format.sampleRate)
        let first = max(0, Int(((window.lowerBound - start) * rate).rounded()))
        let end = window.upperBound.isFinite ? Int(((window.upperBound - start) * rate).rounded()) : sound.frameCount
        guard first < min(end, sound.frameCount) else { return }
        let part = first == 0 && end >= sound.frameCount ? sound : try sound.part(first..<min(end, sound.frameCount))
        guard !soundFilters.isEmpty else { return try writer.write(part, to: audioTrack) }
        if soundGraph == nil { soundGraph = try FilterGraph(soundFilters, format: part.format) }
        try soundGraph?.push(part)
        while let filtered = try soundGraph?.pull() { try writer.write(filtered, to: audioTrack) }
    }

    /// Ends the file.
    /// - Throws: `MediaError`.
    func finish() throws(MediaError) -> Outcome {
        if let graph, let track {
            try graph.push(nil)
            while let filtered = try graph.pull() { try write(filtered, to: track) }
        }
        if let soundGraph, let audioTrack {
            try soundGraph.push(nil)
            while let filtered = try soundGraph.pull() { try writer.write(filtered, to: audioTrack) }
        }
        if copy != nil { try copySound(until: .infinity) }
        try writer.finish()
        let (frames, encoder) = (track.map(writer.frames), track.flatMap(writer.encoder))
        return Outcome(
            frames: frames?.written ?? 0, dropped: frames?.dropped ?? 0, encoder: encoder?.name,
            isHardware: encoder?.isHardware ?? false, bytes: writer.bytesWritten, lastFrame: lastFrame,
            sound: audioTrack.map(writer.seconds) ?? 0)
    }

    private func write(_ frame: VideoFrame, to track: MediaWriter.Track) throws(MediaError) {
        lastFrame = frame.time
        try writer.write(frame, to: track)
    }

    /// Copies the packets of sound up to a time of the source.
    private func copySound(until time: Double) throws(MediaError) {
        guard let audioTrack, let reader = copy?.reader else { return }
        while true {
            if copy?.waiting == nil { copy?.waiting = try reader.next() }
            guard let packet = copy?.waiting else { return }
            let at = (packet.time ?? 0) - reader.start
            guard at <= time else { return }
            copy?.waiting = nil
            if window.contains(max(0, at)) {
                try writer.write(packet, to: audioTrack, shiftedBy: -reader.start - window.lowerBound)
            }
        }
    }
}
