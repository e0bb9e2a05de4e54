import Primitives

/// Why a file can not be read as captions, beyond what `CaptionError` says of a line.
package enum CaptionFileError: CodedError, Equatable {
    /// Text that is almost UTF-8: the line where it breaks.
    case brokenUTF8(line: Int)
    /// Neither UTF-8 nor UTF-16 nor the letters of western Europe.
    case unknownEncoding
    case notCaptions
    /// A line of a script that does not fit, and what is wrong with it.
    case badLine(Int, String)
    case empty
    /// There is neither a file of captions nor a transcript.
    case missing
    /// There are both.
    case both
    /// Bytes that the file may have.
    case tooLarge(most: Int)
    /// Captions that there may be.
    case tooMany(most: Int)
    /// Where a caption begins that is too long, seconds, and the bytes that it may have.
    case tooLong(at: Double, most: Int)

    package var code: String {
        switch self {
        case .missing, .both: "captions-input"
        case .brokenUTF8, .unknownEncoding: "captions-encoding"
        default: "invalid-captions"
        }
    }

    package var message: String {
        switch self {
        case .brokenUTF8(let line):
            "line \(line): the captions are UTF-8 that is broken there; save them anew or name their encoding"
        case .unknownEncoding:
            "the captions are in an encoding that can not be told; save them as UTF-8 or name it with encoding"
        case .notCaptions:
            "the file is none of captions: send SubRip (.srt), WebVTT (.vtt), Advanced SubStation Alpha (.ass) "
                + "or a transcript (.json)"
        case .badLine(let line, let problem): "line \(line): \(problem)"
        case .empty: "the captions hold no text"
        case .missing: "give captions: as a second input or as the parameter transcript"
        case .both: "give captions either as a second input or as the parameter transcript, not both"
        case .tooLarge(let most): "the captions are more than \(most / 1_000_000) MB"
        case .tooMany(let most): "there are more than \(most) captions"
        case .tooLong(let time, let most): "the caption at \(time.rounded(decimals: 3)) s has more than \(most >> 10) KiB"
        }
    }
}
