import AlertingAPI
import Contracts
import ServiceRuntime

/// The configuration of the alerting; each key is documented where it is declared, in `schema`.
struct AlertingConfiguration: ServiceSettings {
    var basics = ServiceBasics(service: AlertingService.name, port: AlertingService.port)
    var alertsFile = "alerts.yaml"
    var roundSeconds = 0.5
    var privateHosts = ""
    var trustedCertificates = ""
    var publicURL = ""
    var analyticsURL = "http://127.0.0.1:8084"
    var probes = ""
    var probeSeconds = 10.0

    static let schema = Schema(AlertingConfiguration()) {
        basicFields
        Field.text("alerts-file", \.alertsFile, "Rules, receivers and routes; read again when it changes and on SIGHUP.")
        Field.number("round-seconds", \.roundSeconds, in: 0.1...60, unit: "s", "How often rules are judged.")
        Field.text(
            "private-hosts", \.privateHosts,
            "Hosts of receivers and mail servers that may be in private networks, separated by commas; others must be public.")
        Field.text(
            "trusted-certificates", \.trustedCertificates, "PEM file of authorities to trust for receivers instead of the system's."
        )
        Field.text("public-url", \.publicURL, "Where people see the studio, for example https://studio.example; named in messages.")
        Field.text("analytics-url", \.analyticsURL, "Where the analytics answer; reports are fetched there.")
        Field.text(
            "probes", \.probes, "Services that are looked at: name=URL of what says that one is ready, separated by commas.")
        Field.number("probe-seconds", \.probeSeconds, in: 0.1...3600, unit: "s", "How often services and the disk are looked at.")
    }
}
