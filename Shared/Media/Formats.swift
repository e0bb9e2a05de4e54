/// The containers that are opened. Nothing here reads other files: playlists (hls, dash), scripts (concat), sessions (sdp, rtsp),
/// image sequences and pipes are absent on purpose.
enum Formats {
    static let demuxers = [
        "wav", "w64", "aiff", "caf", "au", "mp3", "flac", "ogg", "mov", "matroska", "webm", "aac", "ac3", "eac3", "asf", "ape",
        "wv", "tta",
        "dsf", "mpegts", "mpeg", "avi", "flv", "amr", "dts", "truehd", "mp2", "voc", "tak", "mpc", "mpc8",
    ].joined(separator: ",")
}
