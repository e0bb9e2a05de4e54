import CLibAV

extension MediaInfo {
    init(_ context: UnsafeMutablePointer<AVFormatContext>, size: Int64) {
        let format = context.pointee
        var (audio, video, subtitles, others) = ([AudioStream](), [VideoStream](), [SubtitleStream](), 0)
        for index in 0..<Int(format.nb_streams) {
            guard let stream = format.streams[index], let parameters = stream.pointee.codecpar else { continue }
            switch parameters.pointee.codec_type {
            case AVMEDIA_TYPE_AUDIO: audio.append(AudioStream(index, stream, parameters))
            case AVMEDIA_TYPE_VIDEO: video.append(VideoStream(index, stream, parameters))
            case AVMEDIA_TYPE_SUBTITLE:
                subtitles.append(SubtitleStream(index, stream, parameters))
                others += 1
            default: others += 1
            }
        }
        // Containers like Ogg keep their tags at the stream.
        var tags = Self.tags(format.metadata)
        if let first = audio.first, let stream = format.streams[first.index] {
            tags.merge(Self.tags(stream.pointee.metadata)) { container, _ in container }
        }
        // Pictures carried as a tag are cover art, not text.
        tags["metadata_block_picture"] = nil
        let chapters = (0..<Int(format.nb_chapters)).compactMap { index -> Chapter? in
            guard let chapter = format.chapters[index]?.pointee else { return nil }
            let unit = av_q2d(chapter.time_base)
            return Chapter(
                start: Double(chapter.start) * unit, end: Double(chapter.end) * unit, title: Self.tags(chapter.metadata)["title"])
        }
        self.init(
            container: format.iformat.flatMap { String(validatingCString: $0.pointee.name) } ?? "",
            duration: format.duration > 0 ? Double(format.duration) / Double(avs_time_base) : nil,
            isDurationGuessed: format.duration_estimation_method == AVFMT_DURATION_FROM_BITRATE, size: size,
            bitRate: format.bit_rate > 0 ? Int(format.bit_rate) : nil, audio: audio, video: video, subtitles: subtitles,
            otherStreams: others, tags: tags, chapters: chapters)
    }

    /// Tags by their lower-case name; values that are not UTF-8 are repaired.
    static func tags(_ dictionary: OpaquePointer?) -> [String: String] {
        var tags: [String: String] = [:]
        var entry: UnsafeMutablePointer<AVDictionaryEntry>?
        while let next = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX) {
            tags[String(cString: next.pointee.key).lowercased()] = String(cString: next.pointee.value)
            entry = next
        }
        return tags
    }

    /// Seconds that one stream lasts by its own header or, in Matroska, by the tag that muxers write for it.
    static func duration(_ stream: AVStream) -> Double? {
        if stream.duration > 0, stream.duration != avs_no_pts { return Double(stream.duration) * av_q2d(stream.time_base) }
        guard let tag = av_dict_get(stream.metadata, "DURATION", nil, 0)?.pointee.value else { return nil }
        // Hours, minutes and seconds with a fraction: 00:00:55.012000000
        let parts = String(cString: tag).split(separator: ":").map { Double($0) ?? -1 }
        guard parts.count == 3, parts.allSatisfy({ $0 >= 0 }) else { return nil }
        let seconds = parts[0] * 3600 + parts[1] * 60 + parts[2]
        return seconds > 0 ? seconds : nil
    }
}

extension MediaInfo.AudioStream {
    fileprivate init(_ index: Int, _ stream: UnsafeMutablePointer<AVStream>, _ parameters: UnsafeMutablePointer<AVCodecParameters>)
    {
        let codec = parameters.pointee
        let depth = Int(codec.bits_per_raw_sample > 0 ? codec.bits_per_raw_sample : av_get_bits_per_sample(codec.codec_id))
        self.init(
            index: index, codec: String(cString: avcodec_get_name(codec.codec_id)),
            profile: avcodec_profile_name(codec.codec_id, codec.profile).map { String(cString: $0) },
            sampleRate: Int(codec.sample_rate),
            channels: Int(codec.ch_layout.nb_channels), channelLayout: ChannelLayout.name(codec.ch_layout),
            bitDepth: depth > 0 ? depth : nil,
            bitRate: codec.bit_rate > 0 ? Int(codec.bit_rate) : nil, duration: MediaInfo.duration(stream.pointee),
            language: MediaInfo.tags(stream.pointee.metadata)["language"],
            isDefault: stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0)
    }
}

extension MediaInfo.VideoStream {
    fileprivate init(_ index: Int, _ stream: UnsafeMutablePointer<AVStream>, _ parameters: UnsafeMutablePointer<AVCodecParameters>)
    {
        let (rate, codec) = (stream.pointee.avg_frame_rate, parameters.pointee)
        let isCoverArt = stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        self.init(
            index: index, codec: String(cString: avcodec_get_name(codec.codec_id)),
            profile: avcodec_profile_name(codec.codec_id, codec.profile).map { String(cString: $0) }, width: Int(codec.width),
            height: Int(codec.height), frameRate: !isCoverArt && rate.num > 0 && rate.den > 0 ? av_q2d(rate) : nil,
            pixelFormat: isCoverArt ? nil : av_get_pix_fmt_name(AVPixelFormat(codec.format)).map { String(cString: $0) },
            bitDepth: isCoverArt ? nil : av_pix_fmt_desc_get(AVPixelFormat(codec.format)).map { Int($0.pointee.comp.0.depth) },
            color: MediaInfo.Color(codec), pixelAspect: Self.pixelAspect(stream, codec),
            isInterlaced: ![AV_FIELD_UNKNOWN, AV_FIELD_PROGRESSIVE].contains(codec.field_order),
            rotation: Self.rotation(stream), bitRate: codec.bit_rate > 0 ? Int(codec.bit_rate) : nil,
            duration: MediaInfo.duration(stream.pointee), isCoverArt: isCoverArt)
    }

    private static func pixelAspect(_ stream: UnsafeMutablePointer<AVStream>, _ codec: AVCodecParameters) -> Double {
        let ratios = [stream.pointee.sample_aspect_ratio, codec.sample_aspect_ratio]
        return ratios.first { $0.num > 0 && $0.den > 0 }.map(av_q2d) ?? 1
    }

    private static func rotation(_ stream: UnsafeMutablePointer<AVStream>) -> Int {
        var size = 0
        guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 9 * MemoryLayout<Int32>.size
        else { return 0 }
        let matrix = UnsafeRawPointer(data).assumingMemoryBound(to: Int32.self)
        // The matrix turns counter-clockwise; a degenerate one has no angle.
        let degrees = -av_display_rotation_get(matrix)
        guard degrees.isFinite else { return 0 }
        return (Int(degrees.rounded()) % 360 + 360) % 360
    }
}

extension MediaInfo.Color {
    fileprivate init(_ codec: AVCodecParameters) {
        func name(_ text: UnsafePointer<CChar>?) -> String? {
            text.map { String(cString: $0) }.flatMap { ["unknown", "unspecified", "reserved"].contains($0) ? nil : $0 }
        }
        self.init(
            space: name(av_color_space_name(codec.color_space)), transfer: name(av_color_transfer_name(codec.color_trc)),
            primaries: name(av_color_primaries_name(codec.color_primaries)), range: name(av_color_range_name(codec.color_range)))
    }
}

extension MediaInfo.SubtitleStream {
    fileprivate init(_ index: Int, _ stream: UnsafeMutablePointer<AVStream>, _ parameters: UnsafeMutablePointer<AVCodecParameters>)
    {
        self.init(
            index: index, codec: String(cString: avcodec_get_name(parameters.pointee.codec_id)),
            language: MediaInfo.tags(stream.pointee.metadata)["language"])
    }
}
