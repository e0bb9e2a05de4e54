import AnalyticsAPI
import AnalyticsCore
import Contracts
import ServiceRuntime

/// The configuration of the analytics; each key is documented where it is declared, in `schema`.
struct AnalyticsConfiguration: Sendable {
    var httpHost = "127.0.0.1"
    var httpPort = AnalyticsService.port
    var natsURL = "nats://127.0.0.1:4222"
    var natsUser = AnalyticsService.name
    var natsPasswordFile = ""
    var stateFolder = "var/analytics"
    var identityKeyFile = "var/secrets/identity.key"
    var corsOrigins = ""
    var rowDays = 90.0
    var minuteDays = 7.0
    var hourDays = 90.0
    var dayDays = 800.0
    var logLevel = LogLevel.info

    var retention: RetentionPolicy {
        RetentionPolicy(
            rows: .seconds(rowDays * 86_400), minutes: .seconds(minuteDays * 86_400), hours: .seconds(hourDays * 86_400),
            days: .seconds(dayDays * 86_400))
    }

    /// - Throws: `ConfigurationError` when sums would go before the rows that are found by them.
    func validate() throws(ConfigurationError) {
        guard hourDays >= rowDays, dayDays >= rowDays else {
            throw ConfigurationError("hour-days and day-days must not be less than row-days: rows are found by their sums")
        }
    }

    static let schema = Schema(AnalyticsConfiguration()) {
        Field.text("http-host", \.httpHost, "Address to listen on; keep it private, nginx is the public door.")
        Field.integer("http-port", \.httpPort, in: 0...65535, "Port to listen on; 0 takes any free one.")
        Field.text("nats-url", \.natsURL, "Where nats-server is; several separated by commas.")
        Field.text("nats-user", \.natsUser, "User name at nats-server; used when a password file is given.")
        Field.text("nats-password-file", \.natsPasswordFile, "File with the password at nats-server; empty for none.")
        Field.text("state-folder", \.stateFolder, "Folder of the service's own database and of pipeline_state.json.")
        Field.text("identity-key-file", \.identityKeyFile, "File with the key that signs identities; the gateway has the same.")
        Field.text(
            "cors-origins", \.corsOrigins,
            "Origins whose pages may ask, separated by commas, for example https://panel.example; * for any, empty for none.")
        Field.number("row-days", \.rowDays, in: 1...36_500, unit: "d", "How long single measurements and runs are kept.")
        Field.number("minute-days", \.minuteDays, in: 1...36_500, unit: "d", "How long sums by minute are kept.")
        Field.number("hour-days", \.hourDays, in: 1...36_500, unit: "d", "How long sums by hour are kept.")
        Field.number("day-days", \.dayDays, in: 1...36_500, unit: "d", "How long sums by day are kept.")
        Field.choice("log-level", \.logLevel, "Least level that is logged.")
    }
}
