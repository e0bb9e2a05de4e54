package import Primitives

/// Decodes the chunked transfer coding (RFC 9112, section 7.1) from pieces of any size, to the letter: chunk lines that end
/// otherwise than with CR LF are refused, since intermediaries disagree on them.
package struct ChunkedDecoder: Sendable {
    private enum State {
        case size, chunkExtension, sizeEnd, data, dataReturn, dataEnd, trailer, trailerLine, trailerEnd, lastEnd, done
    }

    /// Bytes of extensions per chunk, and of all trailers together, which nobody needs.
    private static let ignoredLimit = 4096

    private var state = State.size
    private var remaining: Int64 = 0
    private var digits = 0
    private var ignored = 0

    package init() {}

    package var isDone: Bool { state == .done }

    /// - Parameters:
    ///   - input: what has arrived.
    ///   - body: gets the decoded bytes; `nil` to discard them.
    /// - Returns: how many bytes of the input belong to this body.
    /// - Throws: `Problem` 400 when the coding is malformed.
    package mutating func decode(_ input: UnsafeRawBufferPointer, into body: inout Bytes?) throws(Problem) -> Int {
        var index = 0
        while index < input.count && state != .done {
            if state == .data {
                let count = Int(min(remaining, Int64(input.count - index)))
                body?.append(contentsOf: input[index..<(index + count)])
                index += count
                remaining -= Int64(count)
                if remaining == 0 { state = .dataReturn }
            } else {
                try step(input[index])
                index += 1
            }
        }
        return index
    }

    private mutating func step(_ byte: UInt8) throws(Problem) {
        switch (state, byte) {
        case (.size, 13) where digits > 0, (.chunkExtension, 13): state = .sizeEnd
        case (.size, UInt8(ascii: ";")) where digits > 0: state = .chunkExtension
        case (.size, _):
            guard let digit = Self.hexValue(byte), digits < 15 else { throw Self.malformed }
            remaining = remaining << 4 | Int64(digit)
            digits += 1
        case (.chunkExtension, _): try ignore(byte)
        case (.sizeEnd, 10):
            state = remaining > 0 ? .data : .trailer
            ignored = 0
            digits = 0
        case (.dataReturn, 13): state = .dataEnd
        case (.dataEnd, 10): state = .size
        case (.trailer, 13): state = .lastEnd
        case (.trailer, _):
            guard byte.isToken else { throw Self.malformed }
            try ignore(byte)
            state = .trailerLine
        case (.trailerLine, 13): state = .trailerEnd
        case (.trailerLine, _): try ignore(byte)
        case (.trailerEnd, 10): state = .trailer
        case (.lastEnd, 10): state = .done
        default: throw Self.malformed
        }
    }

    private mutating func ignore(_ byte: UInt8) throws(Problem) {
        ignored += 1
        guard ignored <= Self.ignoredLimit, byte.isFieldContent else { throw Self.malformed }
    }

    private static var malformed: Problem {
        Problem(status: .badRequest, code: "malformed-chunk", "the chunked body is malformed")
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
