import CLibAV

/// What is opened and decoded. Everything else is refused, so that a stranger's file meets as little code as possible.
enum Formats {
    /// Demuxers that read nothing but their own file: playlists (hls, dash), scripts (concat), sessions (sdp, rtsp), image
    /// sequences and pipes are absent on purpose.
    static let demuxers = [
        "wav", "w64", "aiff", "caf", "au", "mp3", "flac", "ogg", "mov", "matroska", "webm", "aac", "ac3", "eac3", "asf", "ape",
        "wv", "tta",
        "dsf", "mpegts", "mpeg", "avi", "flv", "amr", "dts", "truehd", "mp2", "voc", "tak", "mpc", "mpc8",
    ]

    /// Demuxers of files that name other files.
    private static let playlists: Set = [
        "hls", "applehttp", "concat", "concatf", "dash", "webm_dash_manifest", "sdp", "rtsp", "rtp", "imf",
    ]

    static let demuxerList = demuxers.joined(separator: ",")
    static let audioDecoderList = (codedAudio + pcm + adpcm).joined(separator: ",")
    /// Video is decoded only as far as its pixel format has to be known. No picture codecs: cover art is carried, never decoded.
    static let decoderList = audioDecoderList + "," + video.joined(separator: ",")

    /// What a video stream is decoded with: cameras and editing programs write more than players show.
    static let videoDecoderList = (video + intermediates).joined(separator: ",")

    /// - Parameter demuxer: a demuxer's names, separated by commas.
    static func isAllowed(_ demuxer: String) -> Bool { demuxer.split(separator: ",").contains { demuxers.contains(String($0)) } }

    /// The kind of playlist that a demuxer reads; `nil` when it reads media.
    static func playlistKind(_ demuxer: String) -> String? {
        demuxer.split(separator: ",").map(String.init).first { playlists.contains($0) }
    }

    private static let codedAudio = [
        "aac", "aac_latm", "ac3", "eac3", "alac", "als", "amrnb", "amrwb", "ape", "dca", "dsd_lsbf", "dsd_lsbf_planar", "dsd_msbf",
        "dsd_msbf_planar", "flac", "gsm", "gsm_ms", "mlp", "mp1", "mp1float", "mp2", "mp2float", "mp3", "mp3float", "mpc7", "mpc8",
        "nellymoser", "opus", "qdm2", "libspeex", "speex", "tak", "truehd", "tta", "vorbis", "wavpack", "wmalossless", "wmapro",
        "wmav1",
        "wmav2", "wmavoice", "libopencore_amrnb", "libopencore_amrwb",
    ]

    private static let pcm =
        [
            "alaw", "mulaw", "s8", "s8_planar", "u8", "f16le", "f24le", "bluray", "dvd", "s16le_planar", "s16be_planar",
            "s24le_planar",
            "s32le_planar",
        ].map { "pcm_" + $0 }
        + ["s16", "u16", "s24", "u24", "s32", "u32", "s64", "f32", "f64"].flatMap { ["pcm_\($0)le", "pcm_\($0)be"] }

    private static let adpcm =
        ["ima_wav", "ima_qt", "ms", "swf", "yamaha", "g722", "g726", "sbpro_2", "sbpro_3", "sbpro_4"].map { "adpcm_" + $0 }
        + ["g722", "g726", "g726le"]

    private static let video = [
        "h264", "hevc", "vp8", "vp9", "libdav1d", "av1", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4",
        "h263", "flv", "wmv1", "wmv2", "wmv3", "vc1", "theora", "prores", "dnxhd",
    ]

    private static let intermediates = ["mjpeg", "ffv1", "huffyuv", "ffvhuff", "utvideo", "dvvideo", "rawvideo", "qtrle", "png"]
}
