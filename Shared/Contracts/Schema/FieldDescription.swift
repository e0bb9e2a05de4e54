package import Primitives

/// What people and forms need to know of a field.
package struct FieldDescription: Sendable, Equatable {
    /// What kind of value the field takes; the command line makes flags of it, the dashboard form controls.
    package enum Kind: Sendable, Equatable {
        case number(ClosedRange<Double>), integer(ClosedRange<Int>), flag, choice([String]), text(maximumLength: Int)
        /// Text that is nobody else's business: it is taken, and never shown again.
        case secret(maximumLength: Int)
        /// A document with a schema of its own, which the operation itself checks.
        case document(schema: JSONValue)
    }

    /// As it appears in JSON: snake_case with the unit at the end for parameters, kebab-case for configuration.
    package let name: String
    package let kind: Kind
    package let unit: String?
    package let help: String
    package let isRequired: Bool

    /// The JSON Schema of the field's value, without its default.
    package var jsonSchema: JSONValue {
        var schema: [String: JSONValue] = ["description": .string(help)]
        switch kind {
        case .number(let range):
            schema["type"] = "number"
            schema["minimum"] = .number(range.lowerBound)
            schema["maximum"] = .number(range.upperBound)
        case .integer(let range):
            schema["type"] = "integer"
            schema["minimum"] = .integer(Int64(range.lowerBound))
            schema["maximum"] = .integer(Int64(range.upperBound))
        case .flag:
            schema["type"] = "boolean"
        case .choice(let names):
            schema["type"] = "string"
            schema["enum"] = .array(names.map(JSONValue.string))
        case .text(let maximumLength):
            schema["type"] = "string"
            schema["maxLength"] = .integer(Int64(maximumLength))
        case .secret(let maximumLength):
            schema["type"] = "string"
            schema["format"] = "password"
            schema["writeOnly"] = true
            schema["maxLength"] = .integer(Int64(maximumLength))
        case .document(.object(let own)):
            schema.merge(own) { $1 }
        case .document:
            schema["type"] = "object"
        }
        if let unit { schema["x-unit"] = .string(unit) }
        return .object(schema)
    }

    /// What documents show in place of a secret.
    package static let redacted = JSONValue.string("***")

    /// Whether the value must not be shown.
    package var isSecret: Bool { if case .secret = kind { true } else { false } }

    /// Reads the field's value as a person types it on a command line, in an environment variable or in a form.
    /// - Throws: `SchemaError` when the text is no such value; ranges are checked by `Schema.decode`.
    package func value(parsing text: String) throws(SchemaError) -> JSONValue {
        switch kind {
        case .number:
            guard let number = Double(text), number.isFinite else { throw Self.wrongType(name, "a number", .string(text)) }
            return .number(number)
        case .integer:
            guard let integer = Int64(text) else { throw Self.wrongType(name, "a whole number", .string(text)) }
            return .integer(integer)
        case .flag:
            switch text.lowercased() {
            case "true", "yes", "on", "1": return .bool(true)
            case "false", "no", "off", "0": return .bool(false)
            default: throw Self.wrongType(name, "true or false", .string(text))
            }
        case .choice, .text, .secret:
            return .string(text)
        case .document:
            guard let document = try? JSONValue(parsing: Bytes(text.utf8)) else {
                throw Self.wrongType(name, "a JSON document", .string(text))
            }
            return document
        }
    }

    static func wrongType(_ name: String, _ expected: String, _ value: JSONValue) -> SchemaError {
        SchemaError(field: name, code: .wrongType, "\(name) must be \(expected), not \(value.shown)")
    }
}
