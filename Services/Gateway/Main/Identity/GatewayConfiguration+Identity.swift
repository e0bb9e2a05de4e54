import Cryptography
import FoundationEssentials
import GatewayCore
import HTTPClient
import Identity
import Primitives
import ServiceRuntime

extension GatewayConfiguration {
    private static let log = Log("gateway")

    /// How people, tokens and webhooks are treated. Makes the master key where there is none yet.
    /// - Throws: `ConfigurationError`, `SecretFile.Failure`.
    func identity() throws -> IdentitySettings {
        if !FileManager.default.fileExists(atPath: masterKeyFile) {
            try SecretFile.write(Hex.encode(SecureRandom.bytes(32)), to: masterKeyFile)
            Self.log.info("the master key was made", ["file": .string(masterKeyFile)])
        }
        let master = try Secrets.read(masterKeyFile, purpose: "master key", minimum: 32)
        guard let secrets = DerivedSecrets(master: master) else {
            throw ConfigurationError("the master key in \(masterKeyFile) is shorter than 32 bytes")
        }
        var settings = IdentitySettings(secrets: secrets)
        settings.accounts.registration = registration
        settings.sessions.idle = .seconds(sessionIdleHours * 3600)
        settings.sessions.longest = .seconds(sessionDays * 86_400)
        settings.tokenKeyVersion = tokenKeyVersion
        settings.webhookHosts = EgressPolicy.hosts(webhookAllowedHosts)
        if !tokenIssuersFile.isEmpty { settings.issuers = try TokenIssuersFile.read(tokenIssuersFile) }
        return settings
    }
}
