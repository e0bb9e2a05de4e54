package import ModelProtocols
package import ModelRouting
import Primitives

/// What a caller asks of the router.
package struct RoutingWishes: Sendable, Hashable {
    package var task: ModelTask?
    package var maximumCost: Money?
    package var maximumSeconds: Double?
    package var minimumQuality: Int?

    package init() {}

    /// Sets a wish by its name: `task`, `maximum_cost` in dollars, `maximum_seconds`, `minimum_quality` from 0 to 100.
    /// - Returns: false when there is no wish of this name.
    /// - Throws: `ModelRequestError` when the value is none for it.
    package mutating func set(_ name: String, _ text: String) throws(ModelRequestError) -> Bool {
        switch name {
        case "task":
            task = try Self.value(name, ModelTask(rawValue: text), ModelTask.allCases.map(\.rawValue).joined(separator: ", "))
        case "maximum_cost":
            maximumCost = try Self.value(name, Money(decimal: text), "dollars with at most nine digits after the point")
        case "maximum_seconds": maximumSeconds = try Self.value(name, Double(text), "seconds")
        case "minimum_quality": minimumQuality = try Self.value(name, Int(text), "0 to 100")
        default: return false
        }
        return true
    }

    /// Takes the wishes out of the fields that only the studio's own door knows.
    /// - Throws: `ModelRequestError` when a value is none for its name.
    mutating func take(from fields: inout [ProtocolExtension]) throws(ModelRequestError) {
        var others: [ProtocolExtension] = []
        for field in fields {
            let text = field.value.node?.string ?? field.value.text
            let isWish = field.family == .plain ? try set(field.name, text) : false
            if !isWish { others.append(field) }
        }
        fields = others
    }

    private static func value<T>(_ name: String, _ value: T?, _ range: String) throws(ModelRequestError) -> T {
        guard let value else { throw ModelRequestError(.outOfRange, field: name, "\(name) must be one of: \(range)") }
        return value
    }
}
