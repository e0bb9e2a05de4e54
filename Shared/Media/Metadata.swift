import CLibAV
import Primitives

/// A cover picture that is written as a stream of its own.
struct PicturePacket {
    let stream: Int32
    let bytes: Bytes
}

/// Tags, chapters and cover art of an output file.
enum Metadata {
    /// Tags that belong to the old file's encoding, not to the recording.
    static let dropped: Set = [
        "encoder", "encoded_by", "major_brand", "minor_version", "compatible_brands", "vendor_id", "handler_name", "creation_time",
    ]

    /// Puts everything in place; call it before the header is written.
    /// - Returns: pictures to write after the header.
    static func apply(
        _ target: AudioTarget, to format: UnsafeMutablePointer<AVFormatContext>, _ stream: UnsafeMutablePointer<AVStream>
    ) throws(MediaError) -> [PicturePacket] {
        let inStream = target.format == .ogg || target.format == .opus
        for (name, value) in target.tags where !dropped.contains(name) {
            if inStream {
                av_dict_set(&stream.pointee.metadata, name, value, 0)
            } else {
                av_dict_set(&format.pointee.metadata, name, value, 0)
            }
        }
        for (index, chapter) in target.chapters.enumerated() { add(chapter, Int64(index), to: format) }
        guard let art = target.coverArt else { return [] }
        switch target.format {
        case .wav: return []  // RIFF has no place for pictures
        case .ogg, .opus:
            av_dict_set(&stream.pointee.metadata, "METADATA_BLOCK_PICTURE", block(art), 0)
            return []
        case .mp3, .flac, .aac: return [try addStream(art, to: format)]
        }
    }

    static func add(_ chapter: MediaInfo.Chapter, _ id: Int64, to format: UnsafeMutablePointer<AVFormatContext>) {
        guard let entry = av_mallocz(MemoryLayout<AVChapter>.size)?.bindMemory(to: AVChapter.self, capacity: 1) else { return }
        entry.pointee.id = id
        entry.pointee.time_base = AVRational(num: 1, den: 1000)
        entry.pointee.start = Int64(chapter.start * 1000)
        entry.pointee.end = Int64(chapter.end * 1000)
        if let title = chapter.title { av_dict_set(&entry.pointee.metadata, "title", title, 0) }
        // The library frees the chapters with the context.
        let count = Int(format.pointee.nb_chapters)
        guard
            let list = av_realloc_array(format.pointee.chapters, count + 1, MemoryLayout<UnsafeMutableRawPointer>.size)?
                .bindMemory(to: UnsafeMutablePointer<AVChapter>?.self, capacity: count + 1)
        else {
            av_free(entry)
            return
        }
        list[count] = entry
        format.pointee.chapters = list
        format.pointee.nb_chapters = UInt32(count + 1)
    }

    private static func addStream(
        _ art: CoverArt, to format: UnsafeMutablePointer<AVFormatContext>
    ) throws(MediaError) -> PicturePacket {
        guard let stream = avformat_new_stream(format, nil), let parameters = stream.pointee.codecpar else {
            throw .encoder("the cover art", avs_error_io)
        }
        parameters.pointee.codec_type = AVMEDIA_TYPE_VIDEO
        parameters.pointee.codec_id = art.mediaType == "image/png" ? AV_CODEC_ID_PNG : AV_CODEC_ID_MJPEG
        parameters.pointee.width = Int32(art.width)
        parameters.pointee.height = Int32(art.height)
        parameters.pointee.format = AV_PIX_FMT_YUVJ420P.rawValue
        stream.pointee.disposition = AV_DISPOSITION_ATTACHED_PIC
        stream.pointee.time_base = AVRational(num: 1, den: 90_000)
        return PicturePacket(stream: stream.pointee.index, bytes: art.bytes)
    }

    /// FLAC's picture block in Base64, as Vorbis comments carry it (xiph.org, VorbisComment, METADATA_BLOCK_PICTURE).
    private static func block(_ art: CoverArt) -> String {
        var block = Bytes()
        func append(_ value: Int) { for shift in [24, 16, 8, 0] { block.append(UInt8(truncatingIfNeeded: value >> shift)) } }
        append(3)  // front cover
        append(art.mediaType.utf8.count)
        block += art.mediaType.utf8
        append(0)  // no description
        for value in [art.width, art.height, 24, 0, art.bytes.count] { append(value) }
        block += art.bytes
        var text = [CChar](repeating: 0, count: (block.count + 2) / 3 * 4 + 1)
        av_base64_encode(&text, Int32(text.count), block, Int32(block.count))
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
