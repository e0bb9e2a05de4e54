import CCurl
import HTTP
import Primitives

extension EasyHandle {
    /// Connections idle for longer are not used again: shorter than the 60 to 75 s after which common servers close theirs, so
    /// that a request seldom meets a connection that is just being closed.
    private static let idleConnectionAge = 50

    /// Bodies up to this size are handed to libcurl whole, which sends them with the header; it does so up to 64 KiB.
    private static let wholeBody = 48 << 10

    /// Sets what is the same for all orders of a client.
    /// - Parameters:
    ///   - key: what the callbacks are given.
    ///   - watch: is told when connections end.
    mutating func prepare(_ configuration: HTTPClientConfiguration, key: UnsafeMutableRawPointer, watch: SocketWatch?) {
        set(CURLOPT_PRIVATE, pointer: key)
        for option in [
            CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_OPENSOCKETDATA, CURLOPT_PREREQDATA,
        ] { set(option, pointer: key) }
        setCallbacks(
            write: writeCallback, header: headerCallback, read: readCallback, seek: seekCallback, openSocket: openSocketCallback,
            prerequest: prerequestCallback)
        if let watch { setCloseSocket(watch) }
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        // An empty name also keeps the environment's proxies out.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_NOSIGNAL, 1)
        // Removing a transfer must not wait for a name server.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: max(1, configuration.connectTimeout.milliseconds)))
        set(CURLOPT_MAXAGE_CONN, Self.idleConnectionAge)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        // One for each transfer under way, of which there can be thousands.
        set(CURLOPT_BUFFERSIZE, 16 << 10)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = configuration.trustedCertificates { set(CURLOPT_CAINFO, file) }
        set(CURLOPT_USERAGENT, configuration.userAgent)
        set(CURLOPT_UPLOAD_BUFFERSIZE, 128 << 10)
        // The body is handed on as sent; no decompression, so no decompression bomb.
        set(CURLOPT_HTTP_CONTENT_DECODING, 0)
    }

    /// Prepares the handle to carry out an order.
    mutating func configure(_ order: TransferOrder) {
        set(CURLOPT_URL, order.url.text)
        // Wait for a connection being made to the same host, to share it, rather than open one more.
        set(CURLOPT_PIPEWAIT, order.url.isSecure && order.configuration.sharesConnections ? 1 : 0)
        setHeader(order.headers.curlLines)
        // Takes back what the order before said of body and method.
        set(CURLOPT_HTTPGET, 1)
        // RFC 9110, section 8.6: methods that are about a body say so when it is empty.
        let announcesEmptyBody = ["POST", "PUT", "PATCH"].contains(order.method)
        switch order.body {
        case .none where order.method == "HEAD": set(CURLOPT_NOBODY, 1)
        case .none where !announcesEmptyBody: break
        case .bytes(let bytes) where announcesEmptyBody && (1...Self.wholeBody).contains(bytes.count): setBody(bytes)
        case .none, .bytes, .file, .stream:
            set(CURLOPT_UPLOAD, 1)
            set(CURLOPT_INFILESIZE_LARGE, size: order.body.length ?? -1)
        }
        set(CURLOPT_CUSTOMREQUEST, order.method)
    }
}

extension HTTPHeaders {
    /// In the notation of libcurl's header lists, each line ended by a NUL: "Name:" would remove the header from those that libcurl
    /// adds, "Name;" sends it empty.
    fileprivate var curlLines: Bytes {
        var lines = Bytes()
        lines.reserveCapacity(self.lines.count + 64)
        forEachField { name, value in
            lines.append(contentsOf: name)
            lines.append(contentsOf: value.isEmpty ? ";".utf8 : ": ".utf8)
            lines.append(contentsOf: value)
            lines.append(0)
        }
        // For a body libcurl would add the type of a form.
        if !contains("Content-Type") { lines.append(contentsOf: "Content-Type:\0".utf8) }
        return lines
    }
}
