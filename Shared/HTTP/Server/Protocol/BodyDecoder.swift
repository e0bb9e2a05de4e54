import HTTP
import Primitives

/// Finds a request body's bytes and its end in what arrives.
enum BodyDecoder {
    /// Bytes still to come.
    case length(Int64)
    case chunked(ChunkedDecoder)

    /// - Returns: `nil` when the request has no body.
    init?(_ framing: RequestHead.Framing) {
        switch framing {
        case .none: return nil
        case .length(let length): self = .length(length)
        case .chunked: self = .chunked(ChunkedDecoder())
        }
    }

    var isDone: Bool {
        switch self {
        case .length(let remaining): remaining == 0
        case .chunked(let decoder): decoder.isDone
        }
    }

    /// How many bytes are still to come, when that is known.
    var remaining: Int64? {
        guard case .length(let remaining) = self else { return nil }
        return remaining
    }

    /// - Parameters:
    ///   - input: what has arrived.
    ///   - body: gets the body's bytes; `nil` to discard them.
    /// - Returns: how many bytes of the input belong to this body.
    /// - Throws: `Problem` 400.
    mutating func decode(_ input: UnsafeRawBufferPointer, into body: inout Bytes?) throws(Problem) -> Int {
        switch self {
        case .length(let remaining):
            let count = Int(min(remaining, Int64(input.count)))
            body?.append(contentsOf: input[..<count])
            self = .length(remaining - Int64(count))
            return count
        case .chunked(var decoder):
            let count = try decoder.decode(input, into: &body)
            self = .chunked(decoder)
            return count
        }
    }
}
