import Primitives

/// Why a file can not be read as captions.
package enum CaptionError: CodedError, Equatable {
    case notUTF8
    /// The first line of a VTT file is not `WEBVTT`.
    case noHeader
    /// What stands where a time line belongs; lines count from 1.
    case badTime(line: Int, found: String)
    case endsBeforeStart(line: Int)
    /// A caption number without a time line.
    case noTime(line: Int)

    /// Stable name of the fault.
    package var code: String { "invalid-captions" }

    /// What stands where, by the line.
    package var message: String {
        switch self {
        case .notUTF8: "the captions are not UTF-8 text"
        case .noHeader: "line 1: a WebVTT file begins with WEBVTT"
        case .badTime(let line, let found):
            "line \(line): expected a time line such as 00:00:01.000 --> 00:00:02.500, found \"\(found.prefix(60))\""
        case .endsBeforeStart(let line): "line \(line): the caption ends before it starts"
        case .noTime(let line): "line \(line): the caption has no time line"
        }
    }
}
