package import Contracts

/// What of its configuration every service has: its door, its way to nats-server, its folder and its key.
package struct ServiceBasics: Sendable {
    package var httpHost = "127.0.0.1"
    package var httpPort: Int
    package var natsURL = "nats://127.0.0.1:4222"
    package var natsUser: String
    package var natsPasswordFile = ""
    package var stateFolder: String
    package var identityKeyFile = "var/secrets/identity.key"
    package var logLevel = LogLevel.info

    /// - Parameters:
    ///   - service: its folder is `var/<service>` by default.
    ///   - port: the default port.
    package init(service: String, port: Int) {
        (httpPort, natsUser, stateFolder) = (port, service, "var/\(service)")
    }
}

/// The configuration of a service: the basics, and what is its own.
package protocol ServiceSettings: Sendable {
    var basics: ServiceBasics { get set }
}

extension ServiceSettings {
    /// The keys of the basics, for the schema; they are documented here.
    package static var basicFields: [Field<Self>] {
        [
            .text("http-host", \.basics.httpHost, "Address to listen on; keep it private, nginx is the public door."),
            .integer("http-port", \.basics.httpPort, in: 0...65535, "Port to listen on; 0 takes any free one."),
            .text("nats-url", \.basics.natsURL, "Where nats-server is; several separated by commas."),
            .text("nats-user", \.basics.natsUser, "User name at nats-server; used when a password file is given."),
            .text("nats-password-file", \.basics.natsPasswordFile, "File with the password at nats-server; empty for none."),
            .text("state-folder", \.basics.stateFolder, "Folder of the service's own database."),
            .text(
                "identity-key-file", \.basics.identityKeyFile,
                "File with the key that signs identities; the gateway and all services have the same."),
            .choice("log-level", \.basics.logLevel, "Least level that is logged."),
        ]
    }
}

extension SchemaBuilder {
    package static func buildExpression(_ fields: [Field<Root>]) -> [Field<Root>] { fields }
}
