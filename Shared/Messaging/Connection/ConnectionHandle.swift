import CNATS
import Primitives

/// A `natsConnection`.
// libnats locks every call on a connection and keeps the object until it is destroyed, which happens once, in `deinit`.
final class ConnectionHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        // Closing flushes and joins libnats' threads, and the last reference may be dropped anywhere.
        nonisolated(unsafe) let pointer = pointer
        startThread(name: "nats-close") { natsConnection_Destroy(pointer) }
    }

    /// Hands one message to libnats; may wait.
    func publish(_ message: OutgoingMessage) -> natsStatus {
        message.payload.withUnsafeBytes { payload in
            let data = payload.baseAddress?.assumingMemoryBound(to: CChar.self)
            let count = Int32(payload.count)
            guard !message.headers.isEmpty else {
                guard let reply = message.reply else {
                    return natsConnection_Publish(pointer, message.subject, data, count)
                }
                return natsConnection_PublishRequest(pointer, message.subject, reply, data, count)
            }
            var wire: OpaquePointer?
            var status = natsMsg_Create(&wire, message.subject, message.reply, data, count)
            defer { natsMsg_Destroy(wire) }
            for (name, value) in message.headers where status == NATS_OK {
                status = natsMsgHeader_Set(wire, name, value)
            }
            return status == NATS_OK ? natsConnection_PublishMsg(pointer, wire) : status
        }
    }
}

extension Message {
    /// Copies a message out of libnats.
    init(copying wire: OpaquePointer) {
        let count = Int(natsMsg_GetDataLength(wire))
        self.init(
            subject: String(cString: natsMsg_GetSubject(wire)),
            reply: natsMsg_GetReply(wire).map { String(cString: $0) },
            headers: Self.headers(of: wire),
            payload: Bytes(UnsafeRawBufferPointer(start: natsMsg_GetData(wire), count: count)))
    }

    private static func headers(of wire: OpaquePointer) -> [String: String] {
        var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        var count: Int32 = 0
        guard natsMsgHeader_Keys(wire, &names, &count) == NATS_OK, let names else { return [:] }
        // The array belongs to the caller, the names to the message (nats.h).
        defer { free(names) }
        var headers: [String: String] = [:]
        for index in 0..<Int(count) {
            var value: UnsafePointer<CChar>?
            guard let name = names[index], natsMsgHeader_Get(wire, name, &value) == NATS_OK, let value else { continue }
            headers[String(cString: name)] = String(cString: value)
        }
        return headers
    }
}
