import Cryptography
import HTTP
import Primitives

/// The opening handshake (RFC 6455, section 4.2).
enum WebSocketHandshake {
    private static let identifier = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// - Returns: the value of `Sec-WebSocket-Accept`.
    /// - Throws: `Problem` 426 when the request does not ask for a WebSocket of version 13, 400 when it asks wrongly.
    static func accept(_ request: Request, isVersion11: Bool) throws(Problem) -> String {
        let headers = request.headers
        let asks = headers.list("Upgrade").contains { $0.lowercased() == "websocket" }
        let connects = headers.list("Connection").contains { $0.lowercased() == "upgrade" }
        guard asks, connects, isVersion11, request.method == .get, headers["Sec-WebSocket-Version"] == "13" else {
            throw Problem(
                status: .upgradeRequired, code: "web-socket-required", "this resource is a WebSocket of version 13",
                headers: ["Upgrade": "websocket", "Sec-WebSocket-Version": "13"])
        }
        guard let key = headers["Sec-WebSocket-Key"], headers.all("Sec-WebSocket-Key").count == 1, Base64.decode(key)?.count == 16
        else {
            throw .malformed("invalid-web-socket-key", "Sec-WebSocket-Key is not 16 bytes in base64")
        }
        return Base64.encode(SHA1.hash(Bytes((key + identifier).utf8)))
    }
}
