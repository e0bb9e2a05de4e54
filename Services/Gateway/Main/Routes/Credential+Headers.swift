import GatewayCore
import HTTP
import Identity

extension Credential {
    /// Names the organisation in whose name a person asks.
    static let organisationHeader = "X-AVStudio-Organisation"

    /// A link can send no header: the page puts a token for the path (`POST /auth/download`) into this cookie, for a few seconds.
    static let downloadCookie = "avstudio_download"

    /// `Authorization: Bearer …`, `X-API-Key: …`, a signature (RFC 9421), or for reading the cookie of a download: another page could
    /// make a browser send it, but not anything that changes something with it.
    /// - Parameters:
    ///   - method: of the request that is asked about.
    ///   - target: of it: path and query as they were sent.
    init(_ headers: HTTPHeaders, method: String, target: String) {
        self.init(text: Self.text(headers))
        if let text {
            // Keys name theirs themselves, and most requests bring one.
            if !text.hasPrefix("avs_") { organisation = headers[Self.organisationHeader] }
            return
        }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard headers.contains("Signature-Input") else {
            if ["GET", "HEAD"].contains(method), let token = Self.cookie(headers) {
                download = (token, String(parts.first ?? "/"))
            }
            return
        }
        signed = SignedRequest(
            method: method, scheme: headers["X-Forwarded-Proto"] ?? "http",
            authority: headers["X-Forwarded-Host"] ?? headers["Host"] ?? "", path: String(parts.first ?? "/"),
            query: parts.count > 1 ? String(parts[1]) : nil, fields: Array(headers))
    }

    private static func cookie(_ headers: HTTPHeaders) -> String? {
        guard let pairs = headers["Cookie"]?.split(separator: ";") else { return nil }
        return pairs.lazy.map { $0.drop { $0 == " " } }.first { $0.hasPrefix(downloadCookie + "=") }
            .map { String($0.dropFirst(downloadCookie.utf8.count + 1)) }
    }

    private static func text(_ headers: HTTPHeaders) -> String? {
        if var value = headers["Authorization"] {
            // As nearly everybody writes it, without the cost of splitting.
            if value.hasPrefix("Bearer "), !value.withUTF8({ $0[7...].contains(UInt8(ascii: " ")) }) {
                return String(Substring(value.utf8.dropFirst(7)))
            }
            let words = value.split(separator: " ")
            return words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : nil
        }
        return headers["X-API-Key"]
    }
}
