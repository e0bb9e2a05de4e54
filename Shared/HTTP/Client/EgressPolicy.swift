/// Which addresses a client may connect to: the guard against forged requests to inner services.
///
/// The address is judged when the socket is opened and again when the request is about to go out, on the very address the
/// kernel uses, so that a name that changes its answer in between (DNS rebinding) gains nothing.
package struct EgressPolicy: Sendable, Hashable {
    private let allowedHosts: Set<String>
    private let allowsEverything: Bool

    /// Addresses of the public internet only.
    package static let publicOnly = EgressPolicy(allowedHosts: [], allowsEverything: false)

    /// Every address. Only for URLs that no stranger can influence.
    package static let unrestricted = EgressPolicy(allowedHosts: [], allowsEverything: true)

    /// Public addresses, and any address of the named hosts.
    /// - Parameter hosts: host names or addresses exactly as URLs name them, without port or brackets, for example
    ///   `127.0.0.1` for services on this machine.
    package static func allowing(_ hosts: Set<String>) -> EgressPolicy {
        EgressPolicy(allowedHosts: Set(hosts.map { canonical($0) }), allowsEverything: false)
    }

    /// Public addresses, and any address of a URL's host.
    /// - Throws: `HTTPClientError.invalidRequest` for anything but an absolute http or https URL.
    package static func allowing(hostOf url: String) throws(HTTPClientError) -> EgressPolicy {
        allowing([try RequestURL(url).host])
    }

    /// The hosts of a list as configurations have it: with commas between them, and white space where it pleases.
    package static func hosts(_ list: String) -> Set<String> {
        Set(list.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }.filter { !$0.isEmpty })
    }

    /// Whether a URL's host may be reached at an address.
    func permits(host: String, at address: IPAddress) -> Bool {
        allowsEverything || address.isPublic || allowedHosts.contains(Self.canonical(host))
    }

    /// A final dot marks a fully qualified name; it is the same host.
    private static func canonical(_ host: String) -> String {
        let lower = host.lowercased()
        return lower.utf8.last == UInt8(ascii: ".") ? String(lower.dropLast()) : lower
    }
}
