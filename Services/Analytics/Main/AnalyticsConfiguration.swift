import AnalyticsAPI
import AnalyticsCore
import Contracts
import ServiceRuntime

/// The configuration of the analytics; each key is documented where it is declared, in `schema`.
struct AnalyticsConfiguration: ServiceSettings {
    var basics = ServiceBasics(service: AnalyticsService.name, port: AnalyticsService.port)
    var corsOrigins = ""
    var rowDays = 90.0
    var minuteDays = 7.0
    var hourDays = 90.0
    var dayDays = 800.0

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
        basicFields
        Field.text(
            "cors-origins", \.corsOrigins,
            "Origins whose pages may ask, separated by commas, for example https://panel.example; * for any, empty for none.")
        Field.number("row-days", \.rowDays, in: 1...36_500, unit: "d", "How long single measurements and runs are kept.")
        Field.number("minute-days", \.minuteDays, in: 1...36_500, unit: "d", "How long sums by minute are kept.")
        Field.number("hour-days", \.hourDays, in: 1...36_500, unit: "d", "How long sums by hour are kept.")
        Field.number("day-days", \.dayDays, in: 1...36_500, unit: "d", "How long sums by day are kept.")
    }
}
