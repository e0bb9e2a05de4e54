import CNATS
import Primitives

/// A `natsOptions`, filled from our configuration.
struct ConnectionOptions: ~Copyable {
    /// A server that says nothing for two of these is taken for lost.
    private static let pingInterval = Duration.seconds(10)
    /// A server that takes nothing for so long is taken for lost.
    private static let writeDeadline = Duration.seconds(10)

    private let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    /// - Throws: `library` for what libnats does not accept.
    static func make(_ configuration: MessagingConfiguration) throws(MessagingError) -> ConnectionOptions {
        var pointer: OpaquePointer?
        let status = natsOptions_Create(&pointer)
        guard status == NATS_OK, let pointer else { throw MessagingError(status, subject: "options") }
        let options = ConnectionOptions(owning: pointer)
        try options.apply(configuration)
        return options
    }

    deinit {
        natsOptions_Destroy(pointer)
    }

    private func apply(_ configuration: MessagingConfiguration) throws(MessagingError) {
        let servers = configuration.servers
        try check("servers", withCStrings(servers) { natsOptions_SetServers(pointer, $0, Int32(servers.count)) })
        try check("name", natsOptions_SetName(pointer, configuration.name))
        if let user = configuration.user {
            try check("user", natsOptions_SetUserInfo(pointer, user, configuration.password ?? ""))
        }
        if let nkey = configuration.nkey {
            try check("nkey", natsOptions_SetNKeyFromSeed(pointer, nkey.publicKey, nkey.seedFile))
        }
        let wait = max(1, configuration.reconnectWait.milliseconds)
        let reconnects = configuration.maximumReconnects ?? .max
        try check("connect timeout", natsOptions_SetTimeout(pointer, configuration.connectTimeout.milliseconds))
        try check("reconnects", natsOptions_SetMaxReconnect(pointer, Int32(clamping: reconnects)))
        try check("reconnect wait", natsOptions_SetReconnectWait(pointer, wait))
        try check("reconnect jitter", natsOptions_SetReconnectJitter(pointer, wait, wait))
        try check("reconnect buffer", natsOptions_SetReconnectBufSize(pointer, Int32(clamping: configuration.outboundLimit.bytes)))
        try check("ping interval", natsOptions_SetPingInterval(pointer, Self.pingInterval.milliseconds))
        try check("write deadline", natsOptions_SetWriteDeadline(pointer, Self.writeDeadline.milliseconds))
        // Without this a lone message waits a millisecond for company.
        try check("send at once", natsOptions_SetSendAsap(pointer, true))
        // Our callbacks only copy and enqueue: one thread serves all subscriptions.
        try check("delivery", natsOptions_UseGlobalMessageDelivery(pointer, true))
    }

    /// Connects; waits.
    /// - Parameter monitor: told what happens from then on, until the connection is closed.
    func connect(monitor: ConnectionMonitor) throws(MessagingError) -> ConnectionHandle {
        let closure = Unmanaged.passRetained(monitor)
        var connection: OpaquePointer?
        do throws(MessagingError) {
            try check("errors", natsOptions_SetErrorHandler(pointer, connectionFailed, closure.toOpaque()))
            try check("disconnected", natsOptions_SetDisconnectedCB(pointer, connectionDisconnected, closure.toOpaque()))
            try check("reconnected", natsOptions_SetReconnectedCB(pointer, connectionReconnected, closure.toOpaque()))
            try check("closed", natsOptions_SetClosedCB(pointer, connectionClosed, closure.toOpaque()))
            let status = natsConnection_Connect(&connection, pointer)
            guard status == NATS_OK, let connection else { throw Self.failure(status) }
            monitor.maximumPayload = Int(natsConnection_GetMaxPayload(connection))
            return ConnectionHandle(owning: connection)
        } catch {
            // A connection that was never made calls nobody.
            closure.release()
            throw error
        }
    }

    private static func failure(_ status: natsStatus) -> MessagingError {
        let reason = nats_GetLastError(nil).map { String(cString: $0) } ?? status.text
        return status == NATS_CONNECTION_AUTH_FAILED || status == NATS_NOT_PERMITTED
            ? .authenticationFailed(status: status.rawValue, reason: reason)
            : .connectFailed(status: status.rawValue, reason: reason)
    }

    private func check(_ what: String, _ status: natsStatus) throws(MessagingError) {
        guard status != NATS_OK else { return }
        let reason = nats_GetLastError(nil).map { String(cString: $0) } ?? status.text
        throw .library(status: status.rawValue, reason: "\(what): \(reason)")
    }
}

/// Runs `body` with C copies of the strings, which end with the call.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
    let copies = strings.map { Array($0.utf8CString) }
    var flat = copies.flatMap { $0 }
    return flat.withUnsafeMutableBufferPointer { characters in
        var offset = 0
        var pointers: [UnsafePointer<CChar>?] = copies.map { copy in
            defer { offset += copy.count }
            return characters.baseAddress.map { UnsafePointer($0 + offset) }
        }
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress) }
    }
}
