import HTTP
import Primitives

/// Finds the end of a response's body (RFC 9112, section 6.3).
enum PlainBody {
    /// Bytes still to come.
    case length(Int64)
    case chunked(ChunkedDecoder)
    /// Everything until the peer closes the connection.
    case untilEnd

    /// - Throws: `.protocolViolation` for a length that is none.
    init(of head: ResponseHead, method: String) throws(HTTPClientError) {
        if method == "HEAD" || head.status == 204 || head.status == 304 {
            self = .length(0)
        } else if let coding = head.headers["Transfer-Encoding"] {
            guard coding.lowercased() == "chunked" else {
                throw .protocolViolation(detail: "the transfer coding \(coding) is not known", curlCode: 0)
            }
            self = .chunked(ChunkedDecoder())
        } else if case let lengths = head.headers.all("Content-Length"), let length = lengths.first {
            guard lengths.allSatisfy({ $0 == length }), let count = Int64(length), count >= 0 else {
                throw .protocolViolation(detail: "the length \(length) is not valid", curlCode: 0)
            }
            self = .length(count)
        } else {
            self = .untilEnd
        }
    }

    var isDone: Bool {
        switch self {
        case .length(let remaining): remaining == 0
        case .chunked(let decoder): decoder.isDone
        case .untilEnd: false
        }
    }

    /// Whether the peer's closing ends the body well.
    var endsWithConnection: Bool {
        if case .untilEnd = self { true } else { false }
    }

    /// - Parameter body: gets the body's bytes.
    /// - Returns: how many bytes of the input belong to the body.
    /// - Throws: `.protocolViolation`.
    mutating func decode(_ input: UnsafeRawBufferPointer, into body: inout Bytes) throws(HTTPClientError) -> Int {
        switch self {
        case .length(let remaining):
            let count = Int(min(remaining, Int64(input.count)))
            body.append(contentsOf: UnsafeRawBufferPointer(rebasing: input[..<count]))
            self = .length(remaining - Int64(count))
            return count
        case .chunked(var decoder):
            var decoded: Bytes? = []
            decoded?.reserveCapacity(input.count)
            let count: Int
            do { count = try decoder.decode(input, into: &decoded) } catch {
                throw .protocolViolation(detail: error.detail, curlCode: 0)
            }
            body.append(contentsOf: decoded ?? [])
            self = .chunked(decoder)
            return count
        case .untilEnd:
            body.append(contentsOf: input)
            return input.count
        }
    }
}
