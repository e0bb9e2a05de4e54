import Glibc
import Primitives

/// The form of an event whose only news is a text: the events of a stream are mostly the same document around another word.
/// One that is equal before and behind the text, and whose text has nothing of JSON's own, is the same document with another text:
/// it need not be read again.
struct RepeatedEvent: Sendable {
    private let before: Bytes
    private let behind: Bytes

    /// - Parameters:
    ///   - data: a document that has been read.
    ///   - text: where its text is, without the quotes.
    init(_ data: Bytes, text: Range<Int>) {
        (before, behind) = (Bytes(data[..<text.lowerBound]), Bytes(data[text.upperBound...]))
    }

    /// - Returns: where the text is in another event; `nil` for one of another form.
    func text(in data: Bytes) -> Range<Int>? {
        let end = data.count - behind.count
        guard end >= before.count else { return nil }
        let isSame = data.withUnsafeBytes { data in
            before.withUnsafeBytes { memcmp(data.baseAddress!, $0.baseAddress!, $0.count) } == 0
                && behind.withUnsafeBytes { memcmp(data.baseAddress! + end, $0.baseAddress!, $0.count) } == 0
        }
        let text = before.count..<end
        guard isSame, data[text].allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
            return nil
        }
        return text
    }
}
