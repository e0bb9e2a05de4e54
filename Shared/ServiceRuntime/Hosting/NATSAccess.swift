package import Messaging
import Primitives

/// How a service reaches nats-server, from its configuration.
package enum NATSAccess {
    /// - Parameters:
    ///   - name: shown by nats-server.
    ///   - url: one or several, separated by commas.
    ///   - passwordFile: empty for none.
    /// - Throws: `ConfigurationError` when the password can not be read.
    package static func configuration(
        name: String, url: String, user: String, passwordFile: String
    ) throws(ConfigurationError) -> MessagingConfiguration {
        var messaging = MessagingConfiguration(name: name)
        messaging.servers = url.split(separator: ",").map(String.init)
        if !passwordFile.isEmpty {
            messaging.user = user
            messaging.password = String(
                decoding: try Secrets.read(passwordFile, purpose: "password for nats-server"), as: UTF8.self)
        }
        return messaging
    }
}
