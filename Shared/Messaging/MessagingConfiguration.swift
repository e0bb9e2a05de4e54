package import Primitives

/// How to reach nats-server and how to behave when it is away.
package struct MessagingConfiguration: Sendable {
    /// An Ed25519 key pair as nats-server knows it.
    package struct NKey: Sendable {
        /// The public key, `U…`, 56 characters.
        package var publicKey: String
        /// The file that holds the seed, `SU…`; it is read at every connect and wiped from memory.
        package var seedFile: String

        package init(publicKey: String, seedFile: String) {
            (self.publicKey, self.seedFile) = (publicKey, seedFile)
        }
    }

    /// One or more addresses; another one is tried when one does not answer.
    package var servers = ["nats://127.0.0.1:4222"]
    /// Shown by nats-server's monitoring.
    package var name: String
    package var user: String?
    package var password: String?
    package var nkey: NKey?
    /// The longest wait for a TCP connection and its greeting.
    package var connectTimeout = Duration.seconds(2)
    /// The wait for an answer when the call names none.
    package var requestTimeout = Duration.seconds(5)
    /// The wait between rounds of reconnecting; up to as much again is added at random.
    package var reconnectWait = Duration.milliseconds(250)
    /// Attempts for each server before the connection is given up; `nil` for ever.
    package var maximumReconnects: Int?
    /// Messages kept in memory while the server is away or slow; more are refused with `outboundFull`.
    package var outboundLimit = ByteSize.mib(8)
    /// The longest wait of `drain()`.
    package var drainTimeout = Duration.seconds(30)

    /// - Parameter name: of this program.
    package init(name: String) {
        self.name = name
    }
}
