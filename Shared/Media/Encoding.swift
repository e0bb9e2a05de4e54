import CLibAV

/// What the libraries call the parts of an `AudioTarget`.
struct Encoding {
    let muxer: String
    let encoder: String
    let sampleFormat: AVSampleFormat

    init(_ target: AudioTarget) throws(MediaError) {
        switch target.format {
        case .wav:
            muxer = "wav"
            switch target.bitDepth {
            case 16: (encoder, sampleFormat) = ("pcm_s16le", AV_SAMPLE_FMT_S16)
            case 24: (encoder, sampleFormat) = ("pcm_s24le", AV_SAMPLE_FMT_S32)
            case 32: (encoder, sampleFormat) = ("pcm_f32le", AV_SAMPLE_FMT_FLT)
            default: throw .unsupported("a WAV file of \(target.bitDepth) bits")
            }
        case .flac:
            muxer = "flac"
            encoder = "flac"
            switch target.bitDepth {
            case 16: sampleFormat = AV_SAMPLE_FMT_S16
            case 24: sampleFormat = AV_SAMPLE_FMT_S32
            default: throw .unsupported("a FLAC file of \(target.bitDepth) bits")
            }
        case .mp3: (muxer, encoder, sampleFormat) = ("mp3", "libmp3lame", AV_SAMPLE_FMT_FLTP)
        case .aac: (muxer, encoder, sampleFormat) = (target.isStreamed ? "adts" : "ipod", "aac", AV_SAMPLE_FMT_FLTP)
        case .ogg: (muxer, encoder, sampleFormat) = ("ogg", "libvorbis", AV_SAMPLE_FMT_FLTP)
        case .opus: (muxer, encoder, sampleFormat) = ("opus", "libopus", AV_SAMPLE_FMT_FLT)
        }
    }

    /// Sets an encoder up, ready to be opened.
    /// - Throws: `MediaError.unsupported` when the format has no such quality.
    func configure(_ codec: UnsafeMutablePointer<AVCodecContext>, _ target: AudioTarget, _ input: AudioFormat) throws(MediaError) {
        codec.pointee.sample_fmt = sampleFormat
        codec.pointee.sample_rate = Int32(target.sampleRate)
        input.withLayout { _ = av_channel_layout_copy(&codec.pointee.ch_layout, $0) }
        codec.pointee.time_base = AVRational(num: 1, den: Int32(target.sampleRate))
        // The audio encoders do not share their work among threads.
        codec.pointee.thread_count = 1
        if target.isBitExact { codec.pointee.flags |= AV_CODEC_FLAG_BITEXACT }
        switch target.format {
        case .wav: break
        case .flac:
            codec.pointee.compression_level = Int32(target.compressionLevel)
            if target.bitDepth == 24 { codec.pointee.bits_per_raw_sample = 24 }
        case .mp3, .aac, .ogg, .opus: codec.pointee.bit_rate = Int64(target.bitRate)
        }
        guard let quality = target.quality else { return }
        guard let range = Self.qualities(target.format), range.contains(quality) else {
            throw .unsupported("a quality of \(quality) for \(target.format.rawValue)")
        }
        codec.pointee.bit_rate = 0
        codec.pointee.flags |= AV_CODEC_FLAG_QSCALE
        codec.pointee.global_quality = Int32((quality * Double(avs_qp_to_lambda)).rounded())
    }

    /// What the muxer is told.
    func muxerOptions(_ target: AudioTarget) -> [String: String] {
        // A page goes out when it is full: a fifth of a second in the unit of the option.
        if target.isStreamed { return muxer == "ogg" || muxer == "opus" ? ["page_duration": "200000"] : [:] }
        return switch target.format {
        case .wav: ["rf64": "auto"]
        case .aac: ["movflags": "+faststart"]
        case .mp3: ["id3v2_version": "3"]
        case .flac, .ogg, .opus: [:]
        }
    }

    /// The scale of `AudioTarget.quality`; `nil` where there is none.
    private static func qualities(_ format: AudioFileFormat) -> ClosedRange<Double>? {
        switch format {
        case .mp3: 0...9.999
        case .ogg: -1...10
        case .aac: 0.1...2
        case .wav, .flac, .opus: nil
        }
    }

    /// The rate nearest to a wish that the format can hold.
    static func sampleRate(_ wish: Int, for format: AudioFileFormat) -> Int {
        let rates: [Int]
        switch format {
        case .wav, .flac: return min(max(wish, 1), format == .flac ? 655_350 : wish)
        case .ogg: return min(max(wish, 8000), 192_000)
        case .opus: rates = [8000, 12_000, 16_000, 24_000, 48_000]
        case .mp3: rates = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
        case .aac: rates = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000]
        }
        // Never below the wish when there is a rate above it: no part of the sound is cut off.
        return rates.first { $0 >= wish } ?? rates[rates.count - 1]
    }

    /// Most channels that the format can hold.
    static func maximumChannels(_ format: AudioFileFormat) -> Int {
        switch format {
        case .wav: 64
        case .mp3: 2
        case .flac, .aac, .opus, .ogg: 8
        }
    }
}

extension AudioFileFormat {
    /// The rate nearest to a wish that the format can hold, hertz.
    package func sampleRate(nearest wish: Int) -> Int { Encoding.sampleRate(wish, for: self) }

    package var maximumChannels: Int { Encoding.maximumChannels(self) }
}
