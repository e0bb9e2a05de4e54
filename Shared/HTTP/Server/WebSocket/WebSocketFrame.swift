import Primitives

/// What a frame carries (RFC 6455, section 5.2).
enum WebSocketOpcode: UInt8 {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    var isControl: Bool { rawValue >= 8 }
}

/// The header of a frame from a client.
struct WebSocketFrameHeader {
    let isFinal: Bool
    let opcode: WebSocketOpcode
    /// Bytes of the payload.
    let length: Int
    /// Four bytes.
    let mask: Bytes

    /// - Returns: `nil` while bytes are missing.
    /// - Throws: `WebSocketViolation` 1002 for reserved bits and opcodes, unmasked frames, lengths that are not written the
    ///   shortest way, and control frames that are fragmented or longer than 125 bytes.
    init?(_ bytes: Bytes) throws(WebSocketViolation) {
        guard bytes.count >= 2 else { return nil }
        guard bytes[0] & 0x70 == 0, let opcode = WebSocketOpcode(rawValue: bytes[0] & 0x0F) else {
            throw .protocolError("a frame of an unknown kind")
        }
        guard bytes[1] & 0x80 != 0 else { throw .protocolError("a frame from the client is not masked") }
        isFinal = bytes[0] & 0x80 != 0
        self.opcode = opcode
        let short = Int(bytes[1] & 0x7F)
        guard !opcode.isControl || isFinal && short <= 125 else {
            throw .protocolError("a control frame is fragmented or too long")
        }
        let extra = short == 126 ? 2 : short == 127 ? 8 : 0
        guard bytes.count >= 6 + extra else { return nil }
        if extra == 0 {
            length = short
        } else {
            let value = bytes[2..<(2 + extra)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard value >= (extra == 2 ? 126 : 65_536), let length = Int(exactly: value) else {
                throw .protocolError("a frame's length is malformed")
            }
            self.length = length
        }
        mask = Bytes(bytes[(2 + extra)..<(6 + extra)])
    }

    /// Appends an unfragmented frame as servers send it: without mask.
    static func append(_ opcode: WebSocketOpcode, _ payload: Bytes, to bytes: inout Bytes) {
        bytes.append(0x80 | opcode.rawValue)
        switch payload.count {
        case ...125: bytes.append(UInt8(payload.count))
        case ...65_535:
            bytes.append(126)
            bytes.append(UInt8(payload.count >> 8))
            bytes.append(UInt8(payload.count & 0xFF))
        default:
            bytes.append(127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift)) }
        }
        bytes.append(contentsOf: payload)
    }
}
