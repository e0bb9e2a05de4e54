import Primitives

/// Why files can not be ingested, all of them or one.
package enum IngestError: CodedError, Equatable {
    /// Places of a list that do not fit, and what is wrong with each.
    case badList([String])
    case emptyList
    case tooManyURLs
    case listTooLarge
    /// There is neither a file with a list nor the parameter, or there are both.
    case noList
    /// The service has no folder for what is ingested.
    case noLibrary
    /// What the server answered.
    case answered(Int)
    /// The server asks for a longer wait than a job has, seconds.
    case askedToWait(Double)
    case webPage
    /// Bytes that a file may have.
    case tooLarge(most: Int64)
    /// Seconds that a file may take.
    case tooSlow(Double)
    /// Another job fetches the same file.
    case inOtherHands
    /// The content has another digest than the list says.
    case otherContent
    case diskFull
    /// The operating system refused an action with an error number.
    case io(String, Int32)

    package var code: String {
        switch self {
        case .badList: "invalid-list"
        case .emptyList: "empty-list"
        case .tooManyURLs, .listTooLarge: "list-too-long"
        case .noList: "list-missing"
        case .noLibrary: "no-library"
        case .answered(let status): "url-answered-\(status)"
        case .askedToWait: "url-asks-to-wait"
        case .webPage: "not-a-file"
        case .tooLarge: "file-too-large"
        case .tooSlow: "url-too-slow"
        case .inOtherHands: "in-other-hands"
        case .otherContent: "digest-mismatch"
        case .diskFull: "disk-full"
        case .io: "library-io"
        }
    }

    package var message: String {
        switch self {
        case .badList(let problems):
            problems.prefix(8).joined(separator: "; ") + (problems.count > 8 ? "; and \(problems.count - 8) more" : "")
        case .emptyList: "the list names no URL"
        case .tooManyURLs: "the list names more than the \(IngestList.mostEntries) URLs that a job takes"
        case .listTooLarge: "the list has more than \(IngestList.mostBytes >> 20) MB"
        case .noList: "give a list of URLs: as an input file or as the parameter urls, not both"
        case .noLibrary: "this service has no folder for what is ingested: set library-folder"
        case .answered(let status): "the URL answered \(status)"
        case .askedToWait(let seconds): "the server asks to come back in \(Int(seconds)) s"
        case .webPage:
            "the URL is a web page, not a file; what such a page shows is fetched where yt-dlp is installed (deploy/install yt-dlp)"
        case .tooLarge(let most): "the file has more than the \(most) bytes that it may have"
        case .tooSlow(let seconds): "the file was not there within \(seconds.rounded(decimals: 1)) s; what came is kept"
        case .inOtherHands: "another job fetches the same file"
        case .otherContent: "the content is not the one whose SHA-256 the list names"
        case .diskFull: "the disk is full: make room and try again; what came is kept"
        case .io(let action, let number): "\(action): error \(number)"
        }
    }

    package var isRetriable: Bool {
        switch self {
        case .diskFull, .inOtherHands, .io: true
        case .answered(let status): [408, 425, 429, 500, 502, 503, 504].contains(status)
        default: false
        }
    }

    /// Whether what has come in part is of no use to a later job either.
    var isHopeless: Bool {
        switch self {
        case .tooLarge, .webPage, .otherContent, .answered(404), .answered(410): true
        default: false
        }
    }

    /// Of the last system call.
    static func system(_ action: String, _ number: Int32) -> IngestError {
        [28, 122].contains(number) ? .diskFull : .io(action, number)
    }
}
