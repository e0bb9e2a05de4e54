import CLibAV
import Primitives

/// What can go wrong with media. The libraries' own code is kept.
package enum MediaError: CodedError, Equatable {
    case notMedia(Int32)
    /// The file names other files instead of holding media; the kind, for example `hls` or `concat`.
    case playlistRefused(String)
    case unsupported(String)
    case noAudio
    case noVideo
    case empty
    /// The video has not one frame.
    case noFrames
    case truncated(atSeconds: Double)
    case limitExceeded(String)
    case corrupt(Int32)
    case diskFull
    case encoder(String, Int32)
    case filter(String, Int32)
    case io(Int32)
    case outOfMemory
    /// A sample of sound is infinite or not a number.
    case notFinite
    /// The task that the work belongs to was cancelled.
    case cancelled

    package var code: String {
        switch self {
        case .notMedia, .playlistRefused: "not-media"
        case .unsupported: "media-unsupported"
        case .noAudio: "no-audio"
        case .noVideo: "no-video"
        case .empty: "media-empty"
        case .noFrames: "video-empty"
        case .truncated: "media-truncated"
        case .limitExceeded: "media-limit-exceeded"
        case .corrupt: "media-corrupt"
        case .diskFull: "disk-full"
        case .encoder: "encoder-failed"
        case .filter: "filter-failed"
        case .io: "media-io"
        case .outOfMemory: "out-of-memory"
        case .notFinite: "audio-not-finite"
        case .cancelled: "cancelled"
        }
    }

    package var message: String {
        switch self {
        case .notMedia: "the file is not audio or video in a format that the studio reads"
        case .playlistRefused(let kind): "the file is a playlist or script (\(kind)) that names other files; send the media itself"
        case .unsupported(let what): "\(what) is not supported"
        case .noAudio: "the file has no audio"
        case .noVideo: "the file has no video"
        case .empty: "the file holds no sound: its audio stream is empty"
        case .noFrames: "the file holds no picture: its video stream is empty"
        case .truncated(let seconds): "the file breaks off after \(seconds.rounded(decimals: 3)) s, in the middle of its audio"
        case .limitExceeded(let what): what
        case .corrupt: "the file is damaged and can not be decoded"
        case .diskFull: "there is no room for the result"
        case .encoder(let what, _): "the result can not be encoded: \(what)"
        case .filter(let what, _): "it can not be filtered: \(what)"
        case .io: "the file can not be read or written"
        case .outOfMemory: "there is not enough memory for this file"
        case .notFinite: "the audio holds samples that are infinite, not numbers or beyond all bounds"
        case .cancelled: "the work was cancelled"
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .diskFull, .io: true
        default: false
        }
    }

    /// The libraries' code or the negated `errno`; 0 where the studio itself found the fault.
    package var rawCode: Int32 {
        switch self {
        case .notMedia(let code), .corrupt(let code), .encoder(_, let code), .filter(_, let code), .io(let code): code
        case .diskFull: avs_error_no_space
        case .outOfMemory: avs_error_no_memory
        case .playlistRefused, .unsupported, .noAudio, .noVideo, .empty, .noFrames, .truncated, .limitExceeded, .notFinite,
            .cancelled:
            0
        }
    }

    /// The error for a code that writing gave.
    static func writing(_ what: String, _ status: Int32) -> MediaError {
        switch status {
        case avs_error_no_space, avs_error_over_quota, avs_error_file_too_big: .diskFull
        case avs_error_no_memory: .outOfMemory
        default: .encoder(what, status)
        }
    }
}
