import CLibAV

/// Cuts pieces out of a video to the frame and encodes only what a copy can not hold: the frames before the first key frame of a
/// piece, and those at its end that build on frames behind it.
///
/// The frames that are encoded have parameter sets of their own beside the original's, with another identifier, so that players
/// change from one to the other at the key frames where they meet.
package final class SmartCut {
    /// What became of a piece.
    package struct Outcome: Sendable {
        package var copied = 0
        package var encoded = 0
    }

    /// Seconds that packets of other streams and frames out of order may come later in the file than they are shown.
    private static let late = 2.0
    /// Seconds that times are rounded by.
    private static let rounding = 0.0005

    private let path: String
    private let index: FrameIndex
    private let packets: PacketIndex
    private let sets: ParameterSets
    private let identifier: Int
    private let format: VideoFormat
    private let color: MediaInfo.Color

    /// - Parameter index: of the video's frames.
    /// - Throws: `MediaError`; `.unsupported` with the reason when this video can not be cut so.
    package init(path: String, index: FrameIndex) throws(MediaError) {
        (self.path, self.index) = (path, index)
        let source = try FrameSource(path: path)
        (format, color) = (source.format, source.color)
        let reader = try PacketReader(path: path) { $0.kind == .video }
        guard let stream = reader.streams.first, stream.codec == "h264" else {
            throw .unsupported("cutting \(reader.streams.first?.codec ?? "nothing") between key frames without encoding all")
        }
        guard !source.isInterlaced else { throw .unsupported("cutting fields between key frames without encoding all") }
        guard let original = reader.reader.context.pointee.streams[stream.index], let sets = ParameterSets(header: original),
            sets.form != .byteStream, let identifier = sets.freeIdentifier
        else { throw .unsupported("cutting video without a header of its own between key frames, without encoding all,") }
        (self.sets, self.identifier) = (sets, identifier)
        guard !index.isDecodeOrder, let packets = try PacketIndex(reader, stream: stream.index, sets: sets) else {
            throw .unsupported("cutting video whose frames do not tell their times")
        }
        self.packets = packets
    }

    /// Writes a piece with the sound and finishes the file.
    /// - Parameters:
    ///   - range: seconds from the start of the video; the frames seen from then on, up to the end.
    ///   - target: of what is encoded; codec, pixel format and colours are the source's.
    /// - Returns: `nil` when nothing of the piece can be copied; nothing is written then.
    /// - Throws: `MediaError`.
    package func write(
        _ range: Range<Double>, to writer: MediaWriter, _ target: VideoTarget, wantsSound: Bool
    ) throws(MediaError) -> Outcome? {
        let (begin, end) = (tick(range.lowerBound), range.upperBound.isFinite ? tick(range.upperBound) : Int64.max)
        guard let run = packets.run(from: begin, to: end) else { return nil }
        let frames = index.frames.filter { $0 >= begin && $0 < end }
        let (head, tail) = (frames.filter { $0 < run.first }, frames.filter { $0 > run.last })
        let reader = try PacketReader(path: path) { $0.kind == .video || $0.kind == .audio && wantsSound }
        guard let video = reader.streams.first(where: { $0.kind == .video }) else { throw .noVideo }
        var tracks: [Int: MediaWriter.Track] = [:]
        for stream in reader.streams { tracks[stream.index] = try writer.addCopy(of: stream, from: reader) }
        guard let track = tracks[video.index] else { throw .noVideo }
        if !head.isEmpty || !tail.isEmpty {
            let encoder = try makeEncoder(target)
            guard let own = ParameterSets(encoder.header) else { throw .encoder("parameter sets", 0) }
            try writer.setHeader(sets.merged(with: own), of: track)
        }
        writer.tag(reader.info.tags)
        // The first frame is at second 0 of the piece; the first piece begins with the sound, which may be earlier.
        let (base, last) = (Double(index.firstTick) * index.seconds, Double(run.last) * index.seconds)
        let isFirst = range.lowerBound <= 0
        let shift = isFirst ? -reader.start : -(frames.first.map { Double($0) * index.seconds } ?? 0)
        var outcome = Outcome(copied: 0, encoded: head.count + tail.count)
        try encode(head, target, to: writer, track, stream: video.index, shift)
        let soundBegin = isFirst ? -Double.infinity : base + range.lowerBound - Self.rounding
        let soundEnd = base + range.upperBound - Self.rounding
        if !isFirst { try reader.seek(to: max(base, soundBegin - Self.late)) }
        while let packet = try reader.next() {
            guard let time = packet.time, let track = tracks[packet.stream] else { continue }
            if time > max(last, soundEnd) + Self.late { break }
            if packet.stream == video.index {
                let shown = packet.packet.pointee.pts
                guard (run.first...run.last).contains(shown), let decoded = packets.decoded(shown) else { continue }
                packet.packet.pointee.dts = decoded
                outcome.copied += 1
            } else {
                guard time >= soundBegin, time < soundEnd else { continue }
            }
            try writer.write(packet, to: track, shiftedBy: shift)
        }
        guard outcome.copied == run.count else { throw .corrupt(0) }
        try encode(tail, target, to: writer, track, stream: video.index, shift)
        try writer.finish()
        return outcome
    }

    private func tick(_ seconds: Double) -> Int64 {
        // The frame that a cut names is the first at or after it; clocks are rounded.
        index.firstTick + Int64(((seconds - Self.rounding) / index.seconds).rounded(.up))
    }

    private func makeEncoder(_ target: VideoTarget) throws(MediaError) -> VideoEncoder {
        var target = target
        (target.codec, target.pixelFormat, target.color) = (.h264, format.pixelFormatName, color)
        (target.place, target.parameterSet) = (.software, identifier)
        (target.frameRate, target.keyFrameEvery, target.profile) = (nil, nil, nil)
        // Frames come out as they go in, so that times of decoding follow from those of showing.
        target.tune = "zerolatency"
        return try VideoEncoder(target, format: format, needsGlobalHeader: true)
    }

    /// Encodes frames of the source and writes them where they are shown.
    /// - Parameter times: in the stream's own unit, ascending.
    private func encode(
        _ times: [Int64], _ target: VideoTarget, to writer: MediaWriter, _ track: MediaWriter.Track, stream: Int,
        _ shift: Double
    ) throws(MediaError) {
        guard !times.isEmpty else { return }
        let encoder = try makeEncoder(target)
        let sampler = try FrameSampler(path: path, index: index, times: times.map { Double($0 - index.firstTick) * index.seconds })
        let unit = format.timeBase.rational
        let emit = { [sets] (packet: UnsafeMutablePointer<AVPacket>) throws(MediaError) in
            let source = [UInt8](UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size)))
            let bytes = sets.formed(source)
            guard let copy = av_packet_alloc() else { throw .outOfMemory }
            var owned: UnsafeMutablePointer<AVPacket>? = copy
            defer { av_packet_free(&owned) }
            guard av_new_packet(copy, Int32(clamping: bytes.count)) >= 0 else { throw .outOfMemory }
            copy.pointee.data.update(from: bytes, count: bytes.count)
            av_packet_copy_props(copy, packet)
            av_packet_rescale_ts(copy, encoder.timeBase, unit)
            copy.pointee.pts += self.index.firstTick
            copy.pointee.dts = copy.pointee.pts - self.packets.delay
            copy.pointee.stream_index = Int32(stream)
            try writer.write(MediaPacket(moving: copy, timeBase: unit), to: track, shiftedBy: shift)
        }
        var count = 0
        while let frame = try sampler.next() {
            try encoder.encode(frame, emit)
            count += 1
        }
        try encoder.finish(emit)
        // A frame that is missing would put sound and picture apart unseen.
        guard count == times.count else { throw .corrupt(0) }
    }
}

extension MediaWriter {
    /// Gives a copied track another header than its source has.
    /// - Throws: `MediaError.outOfMemory`.
    func setHeader(_ bytes: [UInt8], of track: Track) throws(MediaError) {
        guard let parameters = format.pointee.streams[track.index]?.pointee.codecpar,
            let room = av_mallocz(bytes.count + Int(AV_INPUT_BUFFER_PADDING_SIZE))
        else { throw .outOfMemory }
        room.copyMemory(from: bytes, byteCount: bytes.count)
        av_free(parameters.pointee.extradata)
        parameters.pointee.extradata = room.assumingMemoryBound(to: UInt8.self)
        parameters.pointee.extradata_size = Int32(clamping: bytes.count)
    }
}
