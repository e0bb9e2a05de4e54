package import Primitives

/// One field of a `Schema`: its description, and how it is read into and written from the root type.
package struct Field<Root: Sendable>: Sendable {
    package let description: FieldDescription
    let read: @Sendable (JSONValue, inout Root) throws(SchemaError) -> Void
    let write: @Sendable (Root) -> JSONValue

    package var name: String { description.name }
    package var isRequired: Bool { description.isRequired }

    /// A finite number within a range.
    package static func number(
        _ name: String, _ path: any WritableKeyPath<Root, Double> & Sendable, in range: ClosedRange<Double>, unit: String? = nil,
        _ help: String
    ) -> Field {
        Field(
            description: FieldDescription(name: name, kind: .number(range), unit: unit, help: help, isRequired: false),
            read: { value, root throws(SchemaError) in root[keyPath: path] = try number(value, name, range, unit) },
            write: { .number($0[keyPath: path]) })
    }

    /// A finite number within a range, or nothing.
    package static func number(
        _ name: String, _ path: any WritableKeyPath<Root, Double?> & Sendable, in range: ClosedRange<Double>, unit: String? = nil,
        _ help: String
    ) -> Field {
        Field(
            description: FieldDescription(name: name, kind: .number(range), unit: unit, help: help, isRequired: false),
            read: { value, root throws(SchemaError) in
                root[keyPath: path] = value == .null ? nil : try number(value, name, range, unit)
            },
            write: { JSONValue($0[keyPath: path]) })
    }

    /// A whole number within a range.
    package static func integer(
        _ name: String, _ path: any WritableKeyPath<Root, Int> & Sendable, in range: ClosedRange<Int>, unit: String? = nil,
        _ help: String
    ) -> Field {
        Field(
            description: FieldDescription(name: name, kind: .integer(range), unit: unit, help: help, isRequired: false),
            read: { value, root throws(SchemaError) in root[keyPath: path] = try integer(value, name, range, unit) },
            write: { JSONValue($0[keyPath: path]) })
    }

    /// A whole number within a range, or nothing.
    package static func integer(
        _ name: String, _ path: any WritableKeyPath<Root, Int?> & Sendable, in range: ClosedRange<Int>, unit: String? = nil,
        _ help: String
    ) -> Field {
        Field(
            description: FieldDescription(name: name, kind: .integer(range), unit: unit, help: help, isRequired: false),
            read: { value, root throws(SchemaError) in
                root[keyPath: path] = value == .null ? nil : try integer(value, name, range, unit)
            },
            write: { JSONValue($0[keyPath: path]) })
    }

    /// True or false.
    package static func flag(_ name: String, _ path: any WritableKeyPath<Root, Bool> & Sendable, _ help: String) -> Field {
        Field(
            description: FieldDescription(name: name, kind: .flag, unit: nil, help: help, isRequired: false),
            read: { value, root throws(SchemaError) in
                guard let flag = value.boolValue else { throw wrongType(name, "true or false", value) }
                root[keyPath: path] = flag
            },
            write: { .bool($0[keyPath: path]) })
    }

    /// One of the cases of an enumeration.
    package static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: any WritableKeyPath<Root, Choice> & Sendable, _ help: String
    ) -> Field {
        let names = Choice.allCases.map(\.rawValue)
        return Field(
            description: FieldDescription(name: name, kind: .choice(names), unit: nil, help: help, isRequired: false),
            read: { value, root throws(SchemaError) in root[keyPath: path] = try choice(value, name) },
            write: { .string($0[keyPath: path].rawValue) })
    }

    /// One of the cases of an enumeration, or nothing.
    package static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: any WritableKeyPath<Root, Choice?> & Sendable, _ help: String
    ) -> Field {
        Field(
            description: FieldDescription(
                name: name, kind: .choice(Choice.allCases.map(\.rawValue)), unit: nil, help: help, isRequired: false),
            read: { value, root throws(SchemaError) in
                if value == .null {
                    root[keyPath: path] = nil
                } else {
                    root[keyPath: path] = try choice(value, name) as Choice
                }
            },
            write: { JSONValue($0[keyPath: path]?.rawValue) })
    }

    /// Text without control characters other than newline and tab.
    /// - Parameter maximumLength: bytes of UTF-8.
    package static func text(
        _ name: String, _ path: any WritableKeyPath<Root, String> & Sendable, maximumLength: Int = 4096, required: Bool = false,
        _ help: String
    ) -> Field {
        Field(
            description: FieldDescription(
                name: name, kind: .text(maximumLength: maximumLength), unit: nil, help: help, isRequired: required),
            read: { value, root throws(SchemaError) in root[keyPath: path] = try text(value, name, maximumLength) },
            write: { .string($0[keyPath: path]) })
    }

    /// Text, or nothing.
    /// - Parameter maximumLength: bytes of UTF-8.
    package static func text(
        _ name: String, _ path: any WritableKeyPath<Root, String?> & Sendable, maximumLength: Int = 4096, _ help: String
    ) -> Field {
        Field(
            description: FieldDescription(
                name: name, kind: .text(maximumLength: maximumLength), unit: nil, help: help, isRequired: false),
            read: { value, root throws(SchemaError) in
                root[keyPath: path] = value == .null ? nil : try text(value, name, maximumLength)
            },
            write: { JSONValue($0[keyPath: path]) })
    }

    /// Text that is shown nowhere: see `FieldDescription.redacted`.
    /// - Parameter maximumLength: bytes of UTF-8.
    package static func secret(
        _ name: String, _ path: any WritableKeyPath<Root, String> & Sendable, maximumLength: Int = 4096, required: Bool = false,
        _ help: String
    ) -> Field {
        Field(
            description: FieldDescription(
                name: name, kind: .secret(maximumLength: maximumLength), unit: nil, help: help, isRequired: required),
            read: { value, root throws(SchemaError) in
                // What is wrong with it must not quote it.
                guard value.stringValue != nil else { throw SchemaError(field: name, code: .wrongType, "\(name) must be text") }
                root[keyPath: path] = try text(value, name, maximumLength)
            },
            write: { .string($0[keyPath: path]) })
    }

    /// A JSON document with a schema of its own, or nothing; its content is left to the operation's `check`.
    package static func document(
        _ name: String, _ path: any WritableKeyPath<Root, JSONValue> & Sendable, schema: JSONValue, _ help: String
    ) -> Field {
        Field(
            description: FieldDescription(name: name, kind: .document(schema: schema), unit: nil, help: help, isRequired: false),
            read: { value, root throws(SchemaError) in
                if value != .null, value.objectValue == nil { throw wrongType(name, "an object", value) }
                root[keyPath: path] = value
            },
            write: { $0[keyPath: path] })
    }
}
