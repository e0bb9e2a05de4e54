import CLibAV
import Primitives

/// What can go wrong with media. The libraries' own code is kept.
package enum MediaError: CodedError, Equatable {
    case notMedia(Int32)
    case unsupported(String)
    case noAudio
    case empty
    case truncated(atSeconds: Double)
    case limitExceeded(String)
    case corrupt(Int32)
    case diskFull
    case encoder(String, Int32)
    case filter(String, Int32)
    case io(Int32)

    package var code: String {
        switch self {
        case .notMedia: "not-media"
        case .unsupported: "media-unsupported"
        case .noAudio: "no-audio"
        case .empty: "media-empty"
        case .truncated: "media-truncated"
        case .limitExceeded: "media-limit-exceeded"
        case .corrupt: "media-corrupt"
        case .diskFull: "disk-full"
        case .encoder: "encoder-failed"
        case .filter: "filter-failed"
        case .io: "media-io"
        }
    }

    package var message: String {
        switch self {
        case .notMedia: "the file is not audio or video in a format that the studio reads"
        case .unsupported(let what): "\(what) is not supported"
        case .noAudio: "the file has no audio"
        case .empty: "the file holds no sound: its audio stream is empty"
        case .truncated(let seconds): "the file breaks off after \((seconds * 1000).rounded() / 1000) s, in the middle of its audio"
        case .limitExceeded(let what): what
        case .corrupt: "the file's audio is damaged and can not be decoded"
        case .diskFull: "there is no room for the result"
        case .encoder(let what, _): "the result can not be encoded: \(what)"
        case .filter(let what, _): "the audio can not be filtered: \(what)"
        case .io: "the file can not be read or written"
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .diskFull, .io: true
        default: false
        }
    }

    /// The error for a code that writing gave.
    static func writing(_ what: String, _ status: Int32) -> MediaError {
        status == avs_error_no_space || status == avs_error_file_too_big ? .diskFull : .encoder(what, status)
    }
}
