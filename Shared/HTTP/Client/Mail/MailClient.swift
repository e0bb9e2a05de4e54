import CCurl
import Glibc
import Primitives

/// Hands mails to a mail server. Each goes over a connection of its own, on a thread that may wait.
package final class MailClient: Sendable {
    private let threads = BlockingThreads(name: "mail", count: 2)
    private let egress: EgressPolicy
    private let limit: Duration

    /// - Parameters:
    ///   - egress: which addresses a mail server may have.
    ///   - limit: how long one mail may take.
    package init(egress: EgressPolicy = .publicOnly, limit: Duration = .seconds(30)) {
        (self.egress, self.limit) = (egress, limit)
    }

    deinit { threads.stop() }

    /// Hands one mail over. The server has it when this returns.
    /// - Parameter recipients: whom it goes to now; all that the mail names by default.
    /// - Returns: those whom the server does not take it for, while it does for others.
    /// - Throws: `MailError`: `mail-refused`, also when it takes it for nobody; `refused-address`, `connect-failed`, `tls-failed`,
    ///   `login-failed`, `timeout`, `connection-lost`.
    package func send(
        _ message: MailMessage, to server: MailServer, recipients: [String]? = nil
    ) async throws(MailError) -> [MailRefusal] {
        let (egress, limit) = (egress, limit)
        do {
            return try await threads.run {
                let transfer = MailTransfer(message.bytes, server, egress)
                try transfer.run(from: message.from, to: recipients ?? message.recipients, limit: limit)
                return transfer.replies.refusals
            }
        } catch let error as MailError {
            throw error
        } catch {
            throw MailError(code: "connection-lost", message: "\(error)", isRetriable: true)
        }
    }
}

/// One mail on its way; lives on one thread while libcurl holds its address.
private final class MailTransfer {
    private let body: Bytes
    private let server: MailServer
    private let egress: EgressPolicy
    private var sent = 0
    private var refusedAddress: IPAddress?
    fileprivate(set) var replies = RecipientReplies()

    init(_ body: Bytes, _ server: MailServer, _ egress: EgressPolicy) {
        (self.body, self.server, self.egress) = (body, server, egress)
    }

    func run(from sender: String, to recipients: [String], limit: Duration) throws(MailError) {
        var handle = EasyHandle()
        let key = Unmanaged.passUnretained(self).toOpaque()
        let isSecureFirst = server.security == .tls
        let host = server.host.contains(":") ? "[\(server.host)]" : server.host
        handle.set(CURLOPT_URL, "\(isSecureFirst ? "smtps" : "smtp")://\(host):\(server.port)")
        handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        handle.set(CURLOPT_PROXY, "")
        handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        handle.set(CURLOPT_NOSIGNAL, 1)
        handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if server.security == .starttls { handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let file = server.trustedCertificates { handle.set(CURLOPT_CAINFO, file) }
        if let user = server.user { handle.set(CURLOPT_USERNAME, user) }
        if let password = server.password { handle.set(CURLOPT_PASSWORD, password) }
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: min(limit, .seconds(10)).milliseconds))
        handle.set(CURLOPT_TIMEOUT_MS, Int(clamping: limit.milliseconds))
        // libcurl waits for the answer to a whole mail by this alone; two minutes, if it is not set.
        handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, Int(clamping: limit.milliseconds / 1000)))
        handle.set(CURLOPT_MAIL_FROM, "<\(sender)>")
        var list: UnsafeMutablePointer<curl_slist>?
        for address in recipients { list = avs_curl_slist_append(list, "<\(address)>") }
        defer { avs_curl_slist_free_all(list) }
        avs_curl_set_list(handle.raw, CURLOPT_MAIL_RCPT, list)
        // One mailbox that is gone must not keep it from the others.
        handle.set(avs_curl_rcpt_allow_fails, 1)
        // Who was refused is in the conversation alone.
        handle.set(CURLOPT_VERBOSE, 1)
        handle.set(CURLOPT_DEBUGDATA, pointer: key)
        avs_curl_set_debug_function(handle.raw, mailDebugCallback)
        handle.set(CURLOPT_UPLOAD, 1)
        handle.set(CURLOPT_INFILESIZE_LARGE, size: Int64(body.count))
        handle.set(CURLOPT_READDATA, pointer: key)
        handle.set(CURLOPT_OPENSOCKETDATA, pointer: key)
        avs_curl_set_read_function(handle.raw, mailReadCallback)
        avs_curl_set_open_socket_function(handle.raw, mailSocketCallback)
        let code = avs_curl_easy_perform(handle.raw)
        guard code != CURLE_OK else { return }
        var reply = 0
        avs_curl_get_long(handle.raw, CURLINFO_RESPONSE_CODE, &reply)
        throw error(code, reply: reply, detail: handle.detail)
    }

    private func error(_ code: CURLcode, reply: Int, detail: String) -> MailError {
        if let refusedAddress {
            return MailError(
                code: "refused-address", message: "\(server.host) is at \(refusedAddress), which mails may not go to",
                isRetriable: false)
        }
        if !replies.refusals.isEmpty, !replies.hasAccepted {
            return MailError(
                code: "mail-refused", message: replies.refusals.map(\.description).joined(separator: "; "),
                isRetriable: replies.refusals.contains { !$0.isFinal })
        }
        let (name, isRetriable) =
            switch code {
            case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: ("connect-failed", true)
            case CURLE_OPERATION_TIMEDOUT: ("timeout", true)
            case CURLE_LOGIN_DENIED: ("login-failed", true)
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_USE_SSL_FAILED, CURLE_SSL_CACERT_BADFILE:
                ("tls-failed", true)
            case _ where (500...599).contains(reply): ("mail-refused", false)
            case _ where (400...499).contains(reply): ("mail-refused", true)
            default: ("connection-lost", true)
            }
        let sentence = detail.isEmpty ? String(cString: avs_curl_easy_strerror(code)) : detail
        return MailError(code: name, message: reply > 0 ? "\(sentence) (reply \(reply))" : sentence, isRetriable: isRetriable)
    }

    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = body[sent..<min(sent + buffer.count, body.count)]
        buffer.copyBytes(from: part)
        sent += part.count
        return part.count
    }

    fileprivate func permits(_ address: IPAddress?) -> Bool {
        guard let address, egress.permits(host: server.host, at: address) else {
            refusedAddress = address
            return false
        }
        refusedAddress = nil
        return true
    }
}

private let mailReadCallback: curl_read_callback = { data, size, count, context in
    guard let data, let context else { return Int(CURL_READFUNC_ABORT) }
    let transfer = Unmanaged<MailTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.read(into: UnsafeMutableRawBufferPointer(start: data, count: size * count))
}

private let mailDebugCallback: curl_debug_callback = { _, kind, data, size, context in
    guard let data, let context else { return 0 }
    let transfer = Unmanaged<MailTransfer>.fromOpaque(context).takeUnretainedValue()
    let line = { String(decoding: UnsafeRawBufferPointer(start: data, count: size), as: UTF8.self) }
    switch kind {
    case CURLINFO_HEADER_OUT: transfer.replies.sent(line())
    case CURLINFO_HEADER_IN: transfer.replies.received(line())
    default: break
    }
    return 0
}

private let mailSocketCallback: curl_opensocket_callback = { context, _, target in
    guard let context, let target, let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return CURL_SOCKET_BAD }
    let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(target) + offset, count: Int(target.pointee.addrlen))
    let transfer = Unmanaged<MailTransfer>.fromOpaque(context).takeUnretainedValue()
    guard transfer.permits(IPAddress(bytes, family: target.pointee.family)) else { return CURL_SOCKET_BAD }
    return socket(target.pointee.family, target.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), target.pointee.protocol)
}
