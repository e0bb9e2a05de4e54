package import Primitives

/// The fields of a parameter or configuration type: one value that decodes, checks, documents and encodes it.
///
/// ```swift
/// struct Fade { var length = 2.0; var curve = Curve.linear }
/// let schema = Schema(Fade()) {
///     Field.number("length_seconds", \.length, in: 0...60, unit: "s", "How long the fade lasts.")
///     Field.choice("curve", \.curve, "The shape of the fade.")
/// }
/// let fade = try schema.decode(["length_seconds": 5])
/// ```
/// Defaults are the values of the instance given; absent fields keep them.
package struct Schema<Root: Sendable>: Sendable {
    package let defaults: Root
    package let fields: [Field<Root>]

    /// - Parameters:
    ///   - defaults: an instance whose values are the defaults.
    ///   - fields: the fields, in the order in which people should see them.
    package init(_ defaults: Root, @SchemaBuilder<Root> _ fields: () -> [Field<Root>]) {
        self.defaults = defaults
        self.fields = fields()
    }

    /// Reads an object.
    /// - Parameter document: an object, or null for all defaults.
    /// - Throws: `SchemaError` naming the first field that is unknown, missing, of the wrong type or out of range.
    package func decode(_ document: JSONValue) throws(SchemaError) -> Root {
        var root = defaults
        let members: [String: JSONValue]
        switch document {
        case .object(let value): members = value
        case .null: members = [:]
        default: throw SchemaError(field: "", code: .wrongType, "an object is expected")
        }
        let known = Set(fields.map(\.name))
        if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
            let names = fields.map(\.name).joined(separator: ", ")
            throw SchemaError(field: unknown, code: .unknownField, "there is no field \(unknown); the fields are: \(names)")
        }
        for field in fields {
            if let value = members[field.name] {
                try field.read(value, &root)
            } else if field.isRequired {
                throw SchemaError(field: field.name, code: .missing, "the field \(field.name) is required")
            }
        }
        return root
    }

    /// The canonical document of a value: every field, defaults included.
    package func encode(_ root: Root) -> JSONValue {
        .object(Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.write(root)) }))
    }

    /// The JSON Schema (2020-12) of the object.
    package var jsonSchema: JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in fields {
            guard case .object(var property) = field.description.jsonSchema else { continue }
            let standard = field.write(defaults)
            if !field.isRequired && standard != .null { property["default"] = standard }
            properties[field.name] = .object(property)
        }
        var schema: [String: JSONValue] = ["type": "object", "additionalProperties": false, "properties": .object(properties)]
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }
}

@resultBuilder
package enum SchemaBuilder<Root: Sendable> {
    package static func buildExpression(_ field: Field<Root>) -> [Field<Root>] { [field] }
    package static func buildBlock(_ fields: [Field<Root>]...) -> [Field<Root>] { fields.flatMap { $0 } }
}

/// A document does not fit its schema.
package struct SchemaError: CodedError, Equatable {
    package enum Reason: String, Sendable {
        case unknownField = "unknown-field"
        case missing = "missing-field"
        case wrongType = "wrong-type"
        case outOfRange = "out-of-range"
    }

    /// The field's name; empty when the document as a whole is wrong.
    package let field: String
    package let reason: Reason
    package let message: String
    package var code: String { reason.rawValue }

    package init(field: String, code reason: Reason, _ message: String) {
        self.field = field
        self.reason = reason
        self.message = message
    }
}
