/// What a decoder does when a file breaks off before the end that its header tells.
package enum TruncationPolicy: Sendable {
    /// Throws `MediaError.truncated` after the last frame.
    case reject
    /// Ends as if the file were whole; `AudioDecoder.isTruncated` tells.
    case accept
}
