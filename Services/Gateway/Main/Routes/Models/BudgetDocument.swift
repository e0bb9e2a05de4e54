import Contracts
import ModelProtocols
import ModelRouting
import Primitives

/// The body of `PUT /gateway/budgets/{id}`:
/// `{"scope": "key", "subject": "key_…", "period": "month", "limit": "25.00", "at_limit": "stop", "thresholds": [80, 100]}`.
/// What it does not know, and what is not of its type, is refused: a budget that means something else than was written is worse
/// than none.
struct BudgetDocument: Sendable {
    private var scope: BudgetScope.Kind?
    private var subject: String?
    private var period: BudgetPeriod?
    private var atLimit = Budget.AtLimit.stop

    private static let schema = Schema(BudgetDocument()) {
        Field.choice("scope", \.scope, "Whose spending it holds down.")
        Field.text(
            "subject", \.subject, maximumLength: 200,
            "Whose in particular, owner/session for a session; else everybody of this kind, each on their own.")
        Field.choice("period", \.period, "When it begins anew.")
        Field.choice("at_limit", \.atLimit, "What happens to a call that does not fit.")
    }

    /// - Throws: `SchemaError` and `ModelRequestError` naming the field.
    static func read(_ body: Bytes, id: String) throws -> Budget {
        let document: JSONValue
        do { document = try JSONValue(parsing: body) } catch {
            throw ModelRequestError(.malformed, field: "", "the body is not valid JSON: \(error.message)")
        }
        guard case .object(var members) = document else {
            throw SchemaError(field: "", code: .wrongType, "the body must be an object")
        }
        let limit = try limit(members.removeValue(forKey: "limit"))
        let thresholds = try thresholds(members.removeValue(forKey: "thresholds"))
        let fields = try schema.decode(.object(members))
        guard let scope = fields.scope else { throw missing("scope") }
        guard let period = fields.period else { throw missing("period") }
        if scope == .session, let subject = fields.subject, !subject.contains("/") {
            throw SchemaError(field: "subject", code: .outOfRange, "a session is named with its owner: owner/session")
        }
        var budget = Budget(
            id: id, kind: scope, subject: fields.subject, period: period, limit: limit, atLimit: fields.atLimit)
        if let thresholds { budget.thresholds = thresholds }
        return budget
    }

    /// Dollars as text, which is exact, or as a number.
    private static func limit(_ value: JSONValue?) throws(SchemaError) -> Money {
        let text: String
        switch value {
        case nil, .null: throw missing("limit")
        case .string(let decimal): text = decimal
        case .integer, .number: text = String(decoding: (value ?? .null).serialized(), as: UTF8.self)
        default: throw SchemaError(field: "limit", code: .wrongType, "limit must be dollars, as text or number")
        }
        guard let limit = Money(decimal: text) else {
            throw SchemaError(
                field: "limit", code: .outOfRange,
                "limit must be dollars, up to \(Money.maximum), with at most nine digits after the point")
        }
        return limit
    }

    private static func thresholds(_ value: JSONValue?) throws(SchemaError) -> [Int]? {
        guard let value, value != .null else { return nil }
        let numbers = value.arrayValue?.map { $0.integerValue.flatMap { Int(exactly: $0) } }
        guard let numbers, !numbers.contains(nil) else {
            throw SchemaError(field: "thresholds", code: .wrongType, "thresholds must be a list of whole numbers")
        }
        let thresholds = numbers.compactMap { $0 }
        guard thresholds.count <= 20, thresholds.allSatisfy((1...100).contains) else {
            throw SchemaError(
                field: "thresholds", code: .outOfRange, "thresholds must be 1 to 100 per cent, at most 20 of them")
        }
        return thresholds
    }

    private static func missing(_ field: String) -> SchemaError {
        SchemaError(field: field, code: .missing, "the field \(field) is required")
    }
}
