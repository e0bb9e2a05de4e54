import Primitives

extension Field {
    static func number(
        _ value: JSONValue, _ name: String, _ range: ClosedRange<Double>, _ unit: String?
    ) throws(SchemaError) -> Double {
        guard let number = value.doubleValue, number.isFinite else { throw wrongType(name, "a number", value) }
        guard range.contains(number) else {
            throw outOfRange(
                name, "\(JSONValue.number(range.lowerBound).shown) and \(JSONValue.number(range.upperBound).shown)", unit, value)
        }
        return number
    }

    static func integer(
        _ value: JSONValue, _ name: String, _ range: ClosedRange<Int>, _ unit: String?
    ) throws(SchemaError) -> Int {
        guard let integer = value.integerValue else { throw wrongType(name, "a whole number", value) }
        guard let number = Int(exactly: integer), range.contains(number) else {
            throw outOfRange(name, "\(range.lowerBound) and \(range.upperBound)", unit, value)
        }
        return number
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ value: JSONValue, _ name: String
    ) throws(SchemaError) -> Choice {
        guard let text = value.stringValue else { throw wrongType(name, "text", value) }
        guard let choice = Choice(rawValue: text) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SchemaError(field: name, code: .outOfRange, "\(name) must be one of: \(names)")
        }
        return choice
    }

    static func text(_ value: JSONValue, _ name: String, _ maximumLength: Int) throws(SchemaError) -> String {
        guard let text = value.stringValue else { throw wrongType(name, "text", value) }
        guard text.utf8.count <= maximumLength else {
            throw SchemaError(field: name, code: .outOfRange, "\(name) must be at most \(maximumLength) bytes long")
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" && $0 != "\t" || $0.value == 0x7F }) else {
            throw SchemaError(field: name, code: .wrongType, "\(name) must not hold control characters")
        }
        return text
    }

    static func wrongType(_ name: String, _ expected: String, _ value: JSONValue) -> SchemaError {
        FieldDescription.wrongType(name, expected, value)
    }

    private static func outOfRange(_ name: String, _ bounds: String, _ unit: String?, _ value: JSONValue) -> SchemaError {
        let unit = unit.map { " \($0)" } ?? ""
        return SchemaError(field: name, code: .outOfRange, "\(name) must be between \(bounds)\(unit), not \(value.shown)")
    }
}

extension JSONValue {
    /// The value as error sentences quote it, cut to 60 characters.
    var shown: String {
        let text = String(decoding: serialized(), as: UTF8.self)
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}
