import CLibAV

/// Reads the packets of a file without decoding them: to copy streams from file to file.
///
/// ```swift
/// let reader = try PacketReader(path: "talk.mp4")
/// let tracks = try reader.streams.map { try writer.addCopy(of: $0, from: reader) }
/// while let packet = try reader.next() { try writer.write(packet, to: tracks[packet.stream]!) }
/// ```
package final class PacketReader {
    package struct Stream: Sendable, Hashable {
        package enum Kind: String, Sendable { case video, audio, subtitles }

        /// Its place in the file.
        package let index: Int
        package let kind: Kind
        /// The codec's name, for example `h264`.
        package let codec: String
        package let language: String?
    }

    package let info: MediaInfo
    /// The streams that are read.
    package let streams: [Stream]
    /// Seconds that the file's own clock begins with.
    package let start: Double
    let reader: MediaReader
    private let packet: UnsafeMutablePointer<AVPacket>

    /// - Parameters:
    ///   - path: of a regular file.
    ///   - isWanted: which of its streams are read; attached pictures and data never are.
    /// - Throws: `MediaError` as opening does.
    package init(
        path: String, limits: MediaLimits = MediaLimits(), where isWanted: (Stream) -> Bool = { _ in true }
    ) throws(MediaError) {
        reader = try MediaReader(path: path, limits: limits)
        info = reader.info
        guard let packet = av_packet_alloc() else { throw .outOfMemory }
        self.packet = packet
        let format = reader.context.pointee
        var found: [Stream] = []
        for index in 0..<Int(format.nb_streams) {
            guard let stream = format.streams[index], let parameters = stream.pointee.codecpar else { continue }
            let known = Stream(index, stream.pointee, parameters.pointee).flatMap { isWanted($0) ? $0 : nil }
            stream.pointee.discard = known == nil ? AVDISCARD_ALL : AVDISCARD_DEFAULT
            if let known { found.append(known) }
        }
        streams = found
        try Self.completeSize(of: found, in: reader, path, limits)
        start = format.start_time == avs_no_pts ? 0 : Double(format.start_time) / Double(avs_time_base)
    }

    /// Transport streams leave the picture's size to the frames, and files that packets are copied to have to know it.
    private static func completeSize(
        of streams: [Stream], in reader: MediaReader, _ path: String, _ limits: MediaLimits
    ) throws(MediaError) {
        guard let stream = streams.first(where: { $0.kind == .video }),
            let parameters = reader.context.pointee.streams[stream.index]?.pointee.codecpar, parameters.pointee.width == 0
        else { return }
        let decoder = try MediaReader(path: path, limits: limits).videoDecoder()
        _ = try decoder.next()
        parameters.pointee.width = Int32(clamping: decoder.format.width)
        parameters.pointee.height = Int32(clamping: decoder.format.height)
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
    }

    /// The next packet in the file's own order.
    /// - Returns: `nil` after the last.
    /// - Throws: `MediaError.io`, `.cancelled`, `.outOfMemory`.
    package func next() throws(MediaError) -> MediaPacket? {
        while true {
            if Task.isCancelled { throw .cancelled }
            guard av_read_frame(reader.context, packet) >= 0 else {
                if let cause = reader.input.cause() { throw cause }
                return nil
            }
            guard let stream = reader.context.pointee.streams[Int(packet.pointee.stream_index)],
                streams.contains(where: { $0.index == Int(packet.pointee.stream_index) })
            else {
                av_packet_unref(packet)
                continue
            }
            return try MediaPacket(moving: packet, timeBase: stream.pointee.time_base)
        }
    }

    /// Why packets of another file can not follow those of this one in one stream; `nil` when they can.
    /// - Parameters:
    ///   - other: the file that would follow.
    ///   - kind: of the streams, the first of which in each file are compared.
    package func difference(to other: PacketReader, in kind: Stream.Kind) -> String? {
        let (first, second) = (parameters(kind), other.parameters(kind))
        guard let first, let second else { return first == nil && second == nil ? nil : "one has no \(kind.rawValue)" }
        if first.codec_id != second.codec_id { return "the codecs differ" }
        if kind == .video {
            if first.width != second.width || first.height != second.height { return "the sizes differ" }
            if first.format != second.format { return "the pixel formats differ" }
            if rotation != other.rotation { return "the rotations differ" }
        } else if first.sample_rate != second.sample_rate || first.ch_layout.nb_channels != second.ch_layout.nb_channels {
            return "the sample rates or channels differ"
        }
        let headers = [first, second].map {
            [UInt8](UnsafeBufferPointer(start: $0.extradata, count: max(0, Int($0.extradata_size))))
        }
        return headers[0] == headers[1] ? nil : "the encoders' settings differ"
    }

    private var rotation: Int? { info.video.first { !$0.isCoverArt }?.rotation }

    private func parameters(_ kind: Stream.Kind) -> AVCodecParameters? {
        streams.first { $0.kind == kind }.flatMap { reader.context.pointee.streams[$0.index]?.pointee.codecpar?.pointee }
    }

    /// Goes to the last key frame that is not later than a time.
    /// - Parameter seconds: by the file's own clock.
    /// - Throws: `MediaError.corrupt`, `.cancelled`.
    package func seek(to seconds: Double) throws(MediaError) {
        let status = av_seek_frame(reader.context, -1, Int64(seconds * Double(avs_time_base)), AVSEEK_FLAG_BACKWARD)
        guard status >= 0 else { throw reader.input.cause() ?? .corrupt(status) }
    }
}

extension PacketReader.Stream {
    fileprivate init?(_ index: Int, _ stream: AVStream, _ parameters: AVCodecParameters) {
        guard stream.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 else { return nil }
        let kind: Kind
        switch parameters.codec_type {
        case AVMEDIA_TYPE_VIDEO: kind = .video
        case AVMEDIA_TYPE_AUDIO: kind = .audio
        case AVMEDIA_TYPE_SUBTITLE: kind = .subtitles
        default: return nil
        }
        self.init(
            index: index, kind: kind, codec: String(cString: avcodec_get_name(parameters.codec_id)),
            language: MediaInfo.tags(stream.metadata)["language"])
    }
}
