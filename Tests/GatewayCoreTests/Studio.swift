import Blobs
import Contracts
import FoundationEssentials
import GatewayCore
import Identity
import Persistence
import Primitives
import Synchronization
import TestSupport
import Testing

/// A gateway over a real database and blob folder of its own.
final class Studio: Sendable {
    private struct Parts {
        let database: Database
        let blobs: LocalBlobStore
        let gateway: Gateway

        init(_ folder: TemporaryFolder, _ limits: FileLimits, _ quota: ByteSize?, _ minimumFree: ByteSize) async throws {
            database = try await Database.open(folder.appending("gateway.sqlite"), migrations: Gateway.migrations)
            blobs = try LocalBlobStore(root: folder.appending("blobs"), quota: quota, minimumFree: minimumFree)
            gateway = try await Gateway(
                database, blobs: blobs, limits: limits, uploadFolder: folder.appending("uploads"), identity: try Studio.identity)
        }
    }

    let folder: TemporaryFolder
    private let parts: Mutex<Parts?>

    private init(folder: TemporaryFolder, parts: Parts) {
        self.folder = folder
        self.parts = Mutex(parts)
    }

    /// Runs a test with a studio and closes it.
    static func with(
        limits: FileLimits = FileLimits(), quota: ByteSize? = nil, minimumFree: ByteSize = .bytes(0),
        _ body: (Studio) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder("avstudio-gateway")
        let studio = Studio(folder: folder, parts: try await Parts(folder, limits, quota, minimumFree))
        do {
            try await body(studio)
        } catch {
            await studio.close()
            throw error
        }
        await studio.close()
    }

    /// Passwords that are hashed fast, registration by invitation, receivers on this machine, one trusted issuer.
    static var identity: IdentitySettings {
        get throws {
            var settings = IdentitySettings(secrets: try #require(DerivedSecrets(master: Bytes(repeating: 9, count: 32))))
            settings.passwordCost = PasswordCost(passes: 1, memory: 8192)
            settings.webhookHosts = ["127.0.0.1"]
            let keys = JSONWebKeySet([try JSONWebKey(secret: Studio.issuerSecret, id: "1")])
            settings.issuers = [
                TrustedIssuer(
                    id: "corp",
                    issuer: TokenIssuer(
                        name: "https://login.example.org", audiences: ["avstudio"], algorithms: [.hs256], keys: .fixed(keys)),
                    tier: "standard", scopes: [.filesRead, .filesWrite]),
                TrustedIssuer(
                    id: "away",
                    issuer: TokenIssuer(
                        name: "https://away.example.org", audiences: ["avstudio"], algorithms: [.rs256],
                        keys: .fetched(KeySetCache { throw TokenError.keysUnavailable })),
                    tier: "standard", scopes: [.filesRead]),
            ]
            return settings
        }
    }

    static let issuerSecret = Bytes(repeating: 5, count: 32)

    var database: Database { open.database }
    var blobs: LocalBlobStore { open.blobs }
    var gateway: Gateway { open.gateway }

    private var open: Parts {
        guard let parts = parts.withLock({ $0 }) else { preconditionFailure("the studio is used after its end") }
        return parts
    }

    private func close() async {
        let database = parts.withLock { parts in
            defer { parts = nil }
            return parts?.database
        }
        await database?.close()
    }

    /// Ends everything and starts again on the same state; references to parts of before must have gone.
    func restart(limits: FileLimits = FileLimits()) async throws {
        await close()
        let new = try await Parts(folder, limits, nil, .bytes(0))
        parts.withLock { $0 = new }
    }

    /// Regular files below a folder of the state, by path relative to it.
    func paths(in name: String) throws -> [String] {
        let root = folder.appending(name)
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
            var isFolder = false
            return FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder) && !isFolder
        }.sorted()
    }

    /// Nothing of a refused file may stay.
    var leftovers: [String] {
        get throws { try paths(in: "blobs/objects") + paths(in: "blobs/refs") + paths(in: "blobs/incoming") + paths(in: "uploads") }
    }

    func content(_ file: StoredFile) throws -> Bytes {
        Bytes(try Data(contentsOf: URL(filePath: try blobs.localPath(file.digest))))
    }

    func rows(_ table: String) async throws -> Int64 {
        try await database.read { try $0.first("SELECT count(*) AS n FROM \(table)") { try $0.integer("n") } ?? -1 }
    }
}

extension Principal {
    static func of(_ owner: String, _ scopes: Set<Scope> = [.filesRead, .filesWrite], tier: String = "standard") -> Principal {
        Principal(subject: "key_of_\(owner)", owner: owner, tier: tier, scopes: scopes, expires: .now().advanced(by: .seconds(60)))
    }

    /// Made anew each time: it holds for a minute only.
    static var administrator: Principal { .of("owner", [.admin], tier: "owner") }
}

/// Gives pieces of bytes one after the other, then the end or an error.
struct Pieces {
    var rest: [Bytes]
    var failure: (any Error)?

    init(_ pieces: Bytes..., failure: (any Error)? = nil) {
        (rest, self.failure) = (pieces, failure)
    }

    mutating func next() throws -> Bytes? {
        if !rest.isEmpty { return rest.removeFirst() }
        if let failure { throw failure }
        return nil
    }
}

/// What a client does that goes away in the middle.
struct ConnectionBroke: Error {}

extension Studio {
    @discardableResult
    func store(_ bytes: Bytes, name: String = "a.wav", owner: String = "ann", expecting digest: String? = nil, size: Int64? = nil)
        async throws
        -> StoredFile
    {
        var pieces = Pieces(bytes)
        return try await gateway.files.store(name: name, owner: owner, expecting: digest, size: size) { try pieces.next() }
    }

    @discardableResult
    func append(
        _ pieces: Pieces, to id: String, at offset: Int64, checksum: UploadChecksum? = nil, owner: String = "ann"
    ) async throws -> Upload {
        var pieces = pieces
        return try await gateway.uploads.append(id, at: offset, checksum: checksum, for: .of(owner)) { try pieces.next() }
    }
}
