import CCurl

/// A checked absolute `http` or `https` URL.
///
/// libcurl's own parser does the work, so that what is checked is exactly what is connected to.
struct RequestURL: Hashable, Sendable {
    /// Normalised, without fragment.
    let text: String
    let isSecure: Bool
    /// Lower case; IPv6 addresses without brackets.
    let host: String
    let port: String
    /// What follows the authority: path and query.
    let target: String
    /// Host and port as the URL has them.
    let authority: String
    /// The host, when it is an address or the name of this machine.
    let address: IPAddress?

    /// Scheme, host and port (RFC 6454).
    var origin: String {
        "\(isSecure ? "https" : "http")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// - Throws: `.invalidRequest` for anything but an absolute http or https URL without user name and password.
    init(_ text: String) throws(HTTPClientError) {
        let parser = try Parser()
        try parser.read(text)
        try self.init(parser)
    }

    /// Resolves a reference, such as a `Location` value, against this URL (RFC 3986, section 5).
    /// - Throws: `.invalidRequest` as the initialiser.
    func resolving(_ reference: String) throws(HTTPClientError) -> RequestURL {
        let parser = try Parser()
        try parser.read(text)
        try parser.read(reference)
        return try RequestURL(parser)
    }

    private init(_ parser: borrowing Parser) throws(HTTPClientError) {
        let scheme = try parser.part(CURLUPART_SCHEME)
        guard scheme == "http" || scheme == "https" else {
            throw .invalidRequest("URLs with the scheme \(scheme) are not allowed, only http and https")
        }
        parser.dropFragment()
        isSecure = scheme == "https"
        let name = try parser.part(CURLUPART_HOST).lowercased()
        host = name.hasPrefix("[") ? String(name.dropFirst().dropLast()) : name
        port = try parser.part(CURLUPART_PORT, flags: UInt32(CURLU_DEFAULT_PORT))
        // As libcurl, which asks nobody for this name (RFC 6761, section 6.3).
        address = IPAddress(host == "localhost" ? "127.0.0.1" : host)
        text = try parser.part(CURLUPART_URL)
        let rest = text.utf8.dropFirst(scheme.utf8.count + 3)
        let path = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        authority = String(rest[..<path]) ?? ""
        let end = String(rest[path...]) ?? ""
        target = end.hasPrefix("/") ? end : "/" + end
    }
}

/// A `CURLU` handle.
private struct Parser: ~Copyable {
    private let handle: OpaquePointer

    init() throws(HTTPClientError) {
        guard let handle = avs_curl_url() else { throw .invalidRequest("out of memory while reading the URL") }
        self.handle = handle
    }

    deinit {
        avs_curl_url_cleanup(handle)
    }

    func read(_ text: String) throws(HTTPClientError) {
        // A C string ends at the first NUL: what follows would go unseen.
        guard !text.utf8.contains(0) else { throw .invalidRequest("the URL contains a NUL byte") }
        let status = avs_curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER | CURLU_URLENCODE))
        guard status == CURLUE_OK else {
            throw .invalidRequest("the URL \(text.prefix(200)) is not valid: \(String(cString: avs_curl_url_strerror(status)))")
        }
    }

    func part(_ part: CURLUPart, flags: UInt32 = 0) throws(HTTPClientError) -> String {
        var value: UnsafeMutablePointer<CChar>?
        let status = avs_curl_url_get(handle, part, &value, flags)
        guard status == CURLUE_OK, let value else {
            throw .invalidRequest("the URL is not valid: \(String(cString: avs_curl_url_strerror(status)))")
        }
        defer { avs_curl_free(value) }
        return String(cString: value)
    }

    func dropFragment() {
        avs_curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    }
}
