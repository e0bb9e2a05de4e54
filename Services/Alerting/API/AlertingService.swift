/// The alerting as other services see it.
package enum AlertingService {
    /// Names its database and its durable consumers.
    package static let name = "alerting"
    package static let port = 8085
}
