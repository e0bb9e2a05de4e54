import Contracts
import FoundationEssentials
import GatewayCore
import HTTP
import HTTPClient
import Identity
import Primitives
import ServiceRuntime
import YAML

/// The file of others whose tokens open the studio:
///
/// ```yaml
/// issuers:
///   - id: corp                          # stands before the names of its people
///     issuer: https://login.example.org # the claim iss, exactly
///     audiences: [avstudio]             # one of them must be in aud
///     algorithms: [RS256, ES256]
///     keys_url: https://login.example.org/.well-known/jwks.json   # or keys_file: a key set on this machine
///     tier: standard
///     scopes: [files:read, audio:run]   # the most that its tokens may; their claim scope narrows it
///     owner_claim: sub                  # whose files and jobs are meant
/// ```
enum TokenIssuersFile {
    private struct Entry: Sendable {
        var id = ""
        var issuer = ""
        var keysURL: String?
        var keysFile: String?
        var tier = "standard"
        var ownerClaim = "sub"
    }

    private static let schema = Schema(Entry()) {
        Field.text("id", \.id, maximumLength: 40, required: true, "A short name in lower case.")
        Field.text("issuer", \.issuer, maximumLength: 1024, required: true, "The claim iss.")
        Field.text("keys_url", \.keysURL, maximumLength: 2048, "Where its keys are published.")
        Field.text("keys_file", \.keysFile, "Where its keys are on this machine.")
        Field.text("tier", \.tier, maximumLength: 100, "Whose limits apply.")
        Field.text("owner_claim", \.ownerClaim, maximumLength: 100, "The claim that names the owner.")
    }

    /// - Throws: `ConfigurationError`.
    static func read(_ path: String) throws(ConfigurationError) -> [TrustedIssuer] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError("the token issuers can not be read from \(path)")
        }
        do {
            let document = try YAMLParser.parse(Bytes(data))?.json ?? .null
            guard let entries = document["issuers"]?.arrayValue else {
                throw ConfigurationError("a list of issuers is expected")
            }
            let issuers = try entries.map(issuer)
            for (what, names) in [("id", issuers.map(\.id)), ("issuer", issuers.map(\.issuer.name))] {
                guard Set(names).count == names.count else { throw ConfigurationError("each \(what) is there once only") }
            }
            return issuers
        } catch {
            throw ConfigurationError("\(path): \((error as? any CodedError)?.message ?? "\(error)")")
        }
    }

    private static func issuer(_ document: JSONValue) throws -> TrustedIssuer {
        guard case .object(var members) = document else { throw ConfigurationError("an issuer is a mapping") }
        let audiences = try members.takeTexts("audiences") ?? []
        let algorithms = try (members.takeTexts("algorithms") ?? []).map { name in
            guard let algorithm = TokenAlgorithm(rawValue: name) else {
                throw ConfigurationError("there is no algorithm \(name); there are HS256, RS256 and ES256")
            }
            return algorithm
        }
        let scopes = try (members.takeTexts("scopes") ?? []).map { name in
            guard Scope.all.contains(Scope(rawValue: name)) else { throw ConfigurationError("there is no scope \(name)") }
            return Scope(rawValue: name)
        }
        let entry = try schema.decode(.object(members))
        let isName = !entry.id.isEmpty && entry.id.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
        guard isName else { throw ConfigurationError("id is written with lower case letters and digits") }
        guard !audiences.isEmpty, !algorithms.isEmpty, !scopes.isEmpty else {
            throw ConfigurationError("\(entry.id) needs audiences, algorithms and scopes")
        }
        let issuer = TokenIssuer(
            name: entry.issuer, audiences: Set(audiences), algorithms: Set(algorithms), keys: try keys(entry))
        return TrustedIssuer(
            id: entry.id, issuer: issuer, tier: entry.tier, scopes: Set(scopes), ownerClaim: entry.ownerClaim)
    }

    private static func keys(_ entry: Entry) throws -> TokenIssuer.Keys {
        switch (entry.keysURL, entry.keysFile) {
        case (let url?, nil):
            let parts = URL(string: url)
            guard parts?.scheme == "https" || (parts?.scheme == "http" && parts?.host() == "127.0.0.1") else {
                throw ConfigurationError("keys_url begins with https://")
            }
            // The address is the administrator's, so it may be in their own network.
            let client = HTTPClient(configuration: HTTPClientConfiguration(egress: .unrestricted, followRedirects: 2))
            return .fetched(
                KeySetCache {
                    let response = try await client.send(ClientRequest(.get, url, deadline: .seconds(10)))
                    guard response.status == .ok else { throw TokenError.keysUnavailable }
                    return try await response.collect(upTo: .bytes(Int64(JSONWebKeySet.maximumSize)))
                })
        case (nil, let path?):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ConfigurationError("the keys can not be read from \(path)")
            }
            return .fixed(try JSONWebKeySet(parsing: Bytes(data), allowsSecrets: true))
        default: throw ConfigurationError("\(entry.id) needs either keys_url or keys_file")
        }
    }
}
