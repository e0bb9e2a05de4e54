import HTTP
import Primitives

/// A frame as it stood on the wire.
struct RawFrame: Equatable {
    var isFinal = true
    let opcode: UInt8
    let payload: Bytes

    var text: String { String(decoding: payload, as: UTF8.self) }
    var closeCode: Int? { opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }

    static func text(_ text: String) -> RawFrame { RawFrame(opcode: 1, payload: Bytes(text.utf8)) }

    static func close(_ code: Int) -> RawFrame { RawFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)]) }

    /// As clients send it.
    var bytes: Bytes {
        let mask: Bytes = [0x11, 0x22, 0x33, 0x44]
        var bytes: Bytes = [(isFinal ? 0x80 : 0) | opcode]
        switch payload.count {
        case ...125: bytes.append(0x80 | UInt8(payload.count))
        case ...65_535: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [0x80 | 127] + stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: payload.count >> $0) }
        }
        return bytes + mask + payload.enumerated().map { $0.element ^ mask[$0.offset & 3] }
    }
}

extension RawClient {
    static let upgrade =
        "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    /// A connection changed to a WebSocket.
    static func webSocket(port: Int, _ path: String) async throws -> RawClient {
        let client = try RawClient(port: port)
        let response = try await client.get(path, upgrade)
        guard response.status == 101 else { throw Failure(description: "not upgraded: \(response.status)") }
        return client
    }

    func send(_ frames: RawFrame...) async throws {
        try await send(frames.flatMap(\.bytes))
    }

    /// The server's next frame.
    func frame() async throws -> RawFrame {
        let start = try await receive(exactly: 2)
        guard start[1] & 0x80 == 0 else { throw Failure(description: "a masked frame from the server") }
        var length = Int(start[1])
        if length >= 126 { length = try await receive(exactly: length == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) } }
        let payload = length == 0 ? [] : try await receive(exactly: length)
        return RawFrame(isFinal: start[0] & 0x80 != 0, opcode: start[0] & 0x0F, payload: payload)
    }
}
