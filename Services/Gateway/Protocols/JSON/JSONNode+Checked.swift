import Primitives

/// Readers for callers' requests: what does not fit is an error naming the field.
extension JSONNode {
    func fault(_ reason: ModelRequestError.Reason, _ message: String) -> ModelRequestError {
        let path = path
        return ModelRequestError(reason, field: path, path.isEmpty ? message : "\(path): \(message)")
    }

    func wrongType(_ expected: String) -> ModelRequestError { fault(.wrongType, "\(expected) is expected, not \(kindName)") }

    /// A field whose name is not known, unless it says nothing.
    func unknown() -> ModelRequestError { fault(.unknownField, "this field is not known here") }

    private var kindName: String {
        switch kind {
        case .null: "null"
        case .true, .false: "a boolean"
        case .integer, .number: "a number"
        case .string, .escapedString: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    func checkedString() throws(ModelRequestError) -> String {
        guard let string else { throw wrongType("a string") }
        return string
    }

    func checkedBool() throws(ModelRequestError) -> Bool {
        guard let bool else { throw wrongType("a boolean") }
        return bool
    }

    func checkedInteger(in range: ClosedRange<Int> = 0...Int.max) throws(ModelRequestError) -> Int {
        guard let integer else { throw wrongType("an integer") }
        guard range.contains(integer) else {
            let bounds =
                range.upperBound == .max ? "at least \(range.lowerBound)" : "between \(range.lowerBound) and \(range.upperBound)"
            throw fault(.outOfRange, "the value must be \(bounds)")
        }
        return integer
    }

    func checkedNumber(in range: ClosedRange<Double>) throws(ModelRequestError) -> Double {
        guard let number else { throw wrongType("a number") }
        guard range.contains(number) else {
            throw fault(.outOfRange, "the value must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    func checkedElements() throws(ModelRequestError) -> [JSONNode] {
        guard isArray else { throw wrongType("an array") }
        return elements
    }

    func checkedObject() throws(ModelRequestError) -> JSONNode {
        guard isObject else { throw wrongType("an object") }
        return self
    }

    /// The member of that name, which must be there.
    func required(_ name: StaticString) throws(ModelRequestError) -> JSONNode {
        guard isObject else { throw wrongType("an object") }
        guard let member = self[name] else {
            let path = path
            let field = path.isEmpty ? name.description : "\(path).\(name)"
            throw ModelRequestError(.missing, field: field, "\(field): this field is required")
        }
        return member
    }

    /// Most fields of an object that is read field by field; no protocol has half as many.
    private static let maximumMembers = 256

    /// The members of an object, each name at most once: a reader behind this one may take the first where this one takes the
    /// last, and so be told something else than was checked.
    func checkedMembers(_ each: (_ name: String, _ value: JSONNode) throws(ModelRequestError) -> Void) throws(ModelRequestError) {
        guard isObject else { throw wrongType("an object") }
        var seen: [String] = []
        try members { (name, value) throws(ModelRequestError) in
            guard !seen.contains(name) else { throw value.fault(.duplicateField, "this field is given more than once") }
            guard seen.count < Self.maximumMembers else { throw fault(.invalid, "an object has too many fields") }
            seen.append(name)
            if !value.isNull { try each(name, value) }
        }
    }
}
