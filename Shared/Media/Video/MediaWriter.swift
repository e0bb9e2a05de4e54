import CLibAV

/// Writes one file of several streams: video and audio that it encodes, packets that are copied, subtitles.
///
/// ```swift
/// let writer = try MediaWriter(path: "out.mp4", container: .mp4)
/// let video = try writer.addVideo(target, format: graph.output)
/// let audio = try writer.addAudio(sound)
/// try writer.write(frame, to: video)      // frames in order of their `time`
/// try writer.write(samples, to: audio)    // sound without gaps from second 0 on
/// try writer.finish()
/// ```
///
/// All tracks are added before the first frame is written. Frames of several tracks should come about in the order of their
/// times: what runs ahead waits in memory, encoded, for up to ten seconds of media. The file has another name until `finish` has
/// succeeded; a writer that goes away before takes what it wrote with it.
package final class MediaWriter {
    /// One stream of the file that is written.
    package struct Track: Sendable, Hashable {
        let index: Int
    }

    private enum Source {
        case video(VideoEncoder)
        case audio(AudioEncoder)
        case copied
        case subtitles(SubtitleCoding)
    }

    package let container: MediaContainer
    let format: UnsafeMutablePointer<AVFormatContext>
    let output: any MuxerOutput
    private let muxerOptions: [String: String]
    private var sources: [Source] = []
    private var hasBegun = false
    private let packet: UnsafeMutablePointer<AVPacket>
    /// The last time of decoding of each copied track: files demand that these grow.
    private var lastDecoded: [Int: Int64] = [:]
    /// Packets of each copied track.
    private var copied: [Int: Int] = [:]

    /// - Parameters:
    ///   - path: of the file; what is there is replaced.
    ///   - isBitExact: whether equal media give equal bytes.
    /// - Throws: `MediaError.unsupported`, `.diskFull`, `.io`.
    package convenience init(path: String, container: MediaContainer, isBitExact: Bool = false) throws(MediaError) {
        try self.init(
            OutputFile(path, isNamedAtLast: true), container, muxer: container.muxer, name: nil, options: container.muxerOptions,
            isBitExact: isBitExact)
    }

    /// - Parameters:
    ///   - output: what the muxer writes to.
    ///   - name: of the file as the muxer knows it, where it makes others' names from it.
    init(
        _ output: any MuxerOutput, _ container: MediaContainer, muxer: String, name: String?, options: [String: String],
        isBitExact: Bool
    ) throws(MediaError) {
        avs_quiet()
        var allocated: UnsafeMutablePointer<AVFormatContext>?
        let status = avformat_alloc_output_context2(&allocated, nil, muxer, name)
        guard status >= 0, let format = allocated else { throw .writing("the container \(muxer)", status) }
        guard let packet = av_packet_alloc() else {
            avformat_free_context(format)
            throw .outOfMemory
        }
        (self.container, self.output, self.format, self.packet, muxerOptions) = (container, output, format, packet, options)
        output.attach(to: format)
        if isBitExact { format.pointee.flags |= AVFMT_FLAG_BITEXACT }
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
        avformat_free_context(format)
    }

    private var needsGlobalHeader: Bool { (format.pointee.oformat?.pointee.flags ?? 0) & AVFMT_GLOBALHEADER != 0 }

    /// Adds video that is encoded here.
    /// - Parameter format: of the frames that will be written; see `VideoFilterGraph.output`.
    /// - Throws: `MediaError.unsupported`, `.encoder`, `.outOfMemory`.
    package func addVideo(_ target: VideoTarget, format: VideoFormat) throws(MediaError) -> Track {
        let encoder = try VideoEncoder(target, format: format, needsGlobalHeader: needsGlobalHeader)
        let (stream, track) = try addStream(.video(encoder))
        try encoder.describe(stream, isForApple: container.isISOMedia)
        return track
    }

    /// Adds sound that is encoded here; its tags, chapters and cover art are left to `tag`.
    /// - Throws: `MediaError.unsupported`, `.encoder`, `.outOfMemory`.
    package func addAudio(_ target: AudioTarget, language: String? = nil) throws(MediaError) -> Track {
        let encoder = try AudioEncoder(target, Encoding(target), for: format)
        let (stream, track) = try addStream(.audio(encoder))
        try encoder.describe(stream)
        if let language { av_dict_set(&stream.pointee.metadata, "language", language, 0) }
        return track
    }

    /// Adds a stream whose packets are taken over as they are.
    /// - Throws: `MediaError.unsupported` when the container can not hold its codec.
    package func addCopy(of source: PacketReader.Stream, from reader: PacketReader) throws(MediaError) -> Track {
        guard container.holds(source, from: reader), let original = reader.reader.context.pointee.streams[source.index],
            let parameters = original.pointee.codecpar
        else { throw .unsupported("\(source.codec) in \(container.rawValue)") }
        let (stream, track) = try addStream(.copied)
        guard avcodec_parameters_copy(stream.pointee.codecpar, parameters) >= 0 else { throw .outOfMemory }
        // The container's own name of the codec, unless it knows this one.
        stream.pointee.codecpar.pointee.codec_tag = 0
        if container.isISOMedia, source.codec == "hevc" { stream.pointee.codecpar.pointee.codec_tag = 0x3163_7668 }
        stream.pointee.time_base = original.pointee.time_base
        stream.pointee.avg_frame_rate = original.pointee.avg_frame_rate
        stream.pointee.sample_aspect_ratio = original.pointee.sample_aspect_ratio
        stream.pointee.disposition = original.pointee.disposition
        av_dict_copy(&stream.pointee.metadata, original.pointee.metadata, 0)
        for index in 0..<Int(original.pointee.nb_side_data) {
            let data = original.pointee.side_data[index]
            guard let room = av_stream_new_side_data(stream, data.type, data.size) else { throw .outOfMemory }
            room.update(from: data.data, count: data.size)
        }
        return track
    }

    /// Adds subtitles that players show or hide.
    /// - Parameters:
    ///   - language: three letters (ISO 639-2), for example `eng`.
    ///   - header: of an ASS script, up to its events; without it the text is plain.
    /// - Throws: `MediaError.unsupported` when the container holds no subtitles.
    package func addSubtitles(language: String?, header: String? = nil) throws(MediaError) -> Track {
        let coding = try SubtitleCoding(container, header: header)
        let (stream, track) = try addStream(.subtitles(coding))
        try coding.describe(stream)
        if let language { av_dict_set(&stream.pointee.metadata, "language", language, 0) }
        return track
    }

    /// Gives the file tags and chapters. Those that belong to another file's encoding are left out.
    package func tag(_ tags: [String: String], chapters: [MediaInfo.Chapter] = []) {
        for (name, value) in tags.sorted(by: { $0.key < $1.key }) where !Metadata.dropped.contains(name) {
            av_dict_set(&format.pointee.metadata, name, value, 0)
        }
        for (index, chapter) in chapters.enumerated() { Metadata.add(chapter, Int64(index), to: format) }
    }

    /// What encodes a video track, as libavcodec names it, and whether that is a graphics card; `nil` for other tracks.
    package func encoder(of track: Track) -> (name: String, isHardware: Bool)? {
        if case .video(let encoder) = sources[track.index] { (encoder.name, encoder.isHardware) } else { nil }
    }

    /// Frames of a video track that were written, packets of a copied one, and those left out because their time was not later than the last one's.
    package func frames(of track: Track) -> (written: Int, dropped: Int) {
        switch sources[track.index] {
        case .video(let encoder): (encoder.framesWritten, encoder.framesDropped)
        case .copied: (copied[track.index] ?? 0, 0)
        case .audio, .subtitles: (0, 0)
        }
    }

    /// Seconds of sound that an audio track has been given.
    package func seconds(of track: Track) -> Double {
        guard case .audio(let encoder) = sources[track.index] else { return 0 }
        return Double(encoder.framesWritten) / Double(encoder.inputFormat.sampleRate)
    }

    /// Bytes of what was written; known when it is finished.
    package var bytesWritten: Int64 { output.bytesWritten }

    /// - Throws: `MediaError.encoder`, `.diskFull`, `.outOfMemory`.
    package func write(_ frame: VideoFrame, to track: Track) throws(MediaError) {
        guard case .video(let encoder) = sources[track.index] else { throw .encoder("a picture in a track of sound", 0) }
        try begin()
        try encoder.encode(frame) { packet throws(MediaError) in try mux(packet, encoder.timeBase, track) }
    }

    /// - Throws: `MediaError.encoder`, `.filter`, `.diskFull`, `.outOfMemory`.
    package func write(_ frame: AudioFrame, to track: Track) throws(MediaError) {
        guard case .audio(let encoder) = sources[track.index] else { throw .encoder("sound in a track of pictures", 0) }
        try begin()
        try encoder.encode(frame) { packet throws(MediaError) in try mux(packet, encoder.timeBase, track) }
    }

    /// Writes a copied packet; it is used up.
    /// - Parameter shift: seconds that are added to its times.
    /// - Throws: `MediaError.encoder`, `.diskFull`.
    package func write(_ packet: MediaPacket, to track: Track, shiftedBy shift: Double = 0) throws(MediaError) {
        try begin()
        let copy = packet.packet
        let ticks = Int64((shift / av_q2d(packet.timeBase)).rounded())
        if copy.pointee.pts != avs_no_pts { copy.pointee.pts += ticks }
        if copy.pointee.dts != avs_no_pts { copy.pointee.dts += ticks }
        copy.pointee.pos = -1
        try mux(copy, packet.timeBase, track, isCopy: true)
        copied[track.index, default: 0] += 1
    }

    /// Writes one subtitle.
    /// - Parameters:
    ///   - text: plain, or the fields of an ASS event after its times.
    ///   - start: seconds, not before those of the last one; `end` likewise, after `start`.
    /// - Throws: `MediaError.encoder`, `.diskFull`, `.outOfMemory`.
    package func write(_ text: String, from start: Double, to end: Double, track: Track) throws(MediaError) {
        guard case .subtitles(let coding) = sources[track.index] else { throw .encoder("text in a track of another kind", 0) }
        try begin()
        for piece in coding.packets(text, from: start, to: end) {
            guard av_new_packet(packet, Int32(clamping: piece.bytes.count)) >= 0 else { throw .outOfMemory }
            defer { av_packet_unref(packet) }
            packet.pointee.data.update(from: piece.bytes, count: piece.bytes.count)
            packet.pointee.pts = Int64((piece.start * 1000).rounded())
            packet.pointee.dts = packet.pointee.pts
            packet.pointee.duration = Int64(((piece.end - piece.start) * 1000).rounded())
            packet.pointee.flags |= AV_PKT_FLAG_KEY
            try mux(packet, AVRational(num: 1, den: 1000), track)
        }
    }

    /// Writes what is left, and gives the file its name. Nothing can be written after it.
    /// - Throws: `MediaError.encoder`, `.diskFull`.
    package func finish() throws(MediaError) {
        try begin()
        for (index, source) in sources.enumerated() {
            let track = Track(index: index)
            switch source {
            case .video(let encoder):
                try encoder.finish { packet throws(MediaError) in try mux(packet, encoder.timeBase, track) }
            case .audio(let encoder):
                try encoder.finish { packet throws(MediaError) in try mux(packet, encoder.timeBase, track) }
            case .copied, .subtitles: break
            }
        }
        try check(av_write_trailer(format), "the end of the file")
        try output.finish()
    }

    private func addStream(_ source: Source) throws(MediaError) -> (UnsafeMutablePointer<AVStream>, Track) {
        guard !hasBegun else { throw .encoder("a track that comes too late", 0) }
        guard let stream = avformat_new_stream(format, nil) else { throw .outOfMemory }
        sources.append(source)
        return (stream, Track(index: Int(stream.pointee.index)))
    }

    private func begin() throws(MediaError) {
        guard !hasBegun else { return }
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        for (name, value) in muxerOptions { av_dict_set(&options, name, value, 0) }
        try check(avformat_write_header(format, &options), "the header of \(container.rawValue)")
        hasBegun = true
    }

    /// Hands a packet to the muxer; it is used up.
    private func mux(
        _ packet: UnsafeMutablePointer<AVPacket>, _ timeBase: AVRational, _ track: Track, isCopy: Bool = false
    ) throws(MediaError) {
        guard let stream = format.pointee.streams[track.index] else { return }
        packet.pointee.stream_index = Int32(track.index)
        av_packet_rescale_ts(packet, timeBase, stream.pointee.time_base)
        if isCopy, packet.pointee.dts != avs_no_pts {
            // Damaged files go back in time; a file that can be played does not.
            if let last = lastDecoded[track.index], packet.pointee.dts <= last {
                packet.pointee.dts = last + 1
                if packet.pointee.pts != avs_no_pts { packet.pointee.pts = max(packet.pointee.pts, last + 1) }
            }
            lastDecoded[track.index] = packet.pointee.dts
        }
        try check(av_interleaved_write_frame(format, packet), "the file")
    }

    private func check(_ status: Int32, _ what: String) throws(MediaError) {
        if status < 0 || output.failure < 0 { throw .writing(what, output.failure < 0 ? output.failure : status) }
    }
}
