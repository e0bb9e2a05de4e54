import CLibAV

extension MediaInfo {
    init(_ context: UnsafeMutablePointer<AVFormatContext>, size: Int64) {
        let format = context.pointee
        var (audio, video, others) = ([AudioStream](), [VideoStream](), 0)
        for index in 0..<Int(format.nb_streams) {
            guard let stream = format.streams[index], let parameters = stream.pointee.codecpar else { continue }
            switch parameters.pointee.codec_type {
            case AVMEDIA_TYPE_AUDIO: audio.append(AudioStream(index, stream, parameters))
            case AVMEDIA_TYPE_VIDEO: video.append(VideoStream(index, stream, parameters))
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
            duration: format.duration > 0 ? Double(format.duration) / Double(AV_TIME_BASE) : nil, size: size,
            bitRate: format.bit_rate > 0 ? Int(format.bit_rate) : nil, audio: audio, video: video, otherStreams: others, tags: tags,
            chapters: chapters)
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
}

extension MediaInfo.AudioStream {
    fileprivate init(_ index: Int, _ stream: UnsafeMutablePointer<AVStream>, _ parameters: UnsafeMutablePointer<AVCodecParameters>)
    {
        let (stream, codec) = (stream.pointee, parameters.pointee)
        let depth = Int(codec.bits_per_raw_sample > 0 ? codec.bits_per_raw_sample : av_get_bits_per_sample(codec.codec_id))
        self.init(
            index: index, codec: String(cString: avcodec_get_name(codec.codec_id)),
            profile: avcodec_profile_name(codec.codec_id, codec.profile).map { String(cString: $0) },
            sampleRate: Int(codec.sample_rate),
            channels: Int(codec.ch_layout.nb_channels), channelLayout: ChannelLayout.name(codec.ch_layout),
            bitDepth: depth > 0 ? depth : nil,
            bitRate: codec.bit_rate > 0 ? Int(codec.bit_rate) : nil,
            duration: stream.duration > 0 && stream.duration != avs_no_pts
                ? Double(stream.duration) * av_q2d(stream.time_base) : nil,
            language: MediaInfo.tags(stream.metadata)["language"])
    }
}

extension MediaInfo.VideoStream {
    fileprivate init(_ index: Int, _ stream: UnsafeMutablePointer<AVStream>, _ parameters: UnsafeMutablePointer<AVCodecParameters>)
    {
        let rate = stream.pointee.avg_frame_rate
        self.init(
            index: index, codec: String(cString: avcodec_get_name(parameters.pointee.codec_id)),
            width: Int(parameters.pointee.width),
            height: Int(parameters.pointee.height), frameRate: rate.num > 0 && rate.den > 0 ? av_q2d(rate) : nil,
            pixelFormat: av_get_pix_fmt_name(AVPixelFormat(parameters.pointee.format)).map { String(cString: $0) },
            isCoverArt: stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0)
    }
}

/// Channel layouts by their names.
enum ChannelLayout {
    static func name(_ layout: AVChannelLayout) -> String {
        var layout = layout
        var text = [CChar](repeating: 0, count: 128)
        guard av_channel_layout_describe(&layout, &text, text.count) > 0 else { return "\(layout.nb_channels) channels" }
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
