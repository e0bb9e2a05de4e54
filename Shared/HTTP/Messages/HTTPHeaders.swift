package import Primitives

/// Header fields in their order of arrival, names compared without case (RFC 9110, section 5).
///
/// The fields are kept as one block of field lines, the form they have on the wire: reading a request or writing a
/// response copies one block, and text is made only of what is asked for.
package struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    /// Room for the fields of most messages, so that they are added without moving.
    private static let usualSize = 384
    /// `Name: value` lines, each ended by CR LF.
    package private(set) var lines: Bytes

    package init() {
        lines = []
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        lines = []
        for (name, value) in elements { add(name, value) }
    }

    /// Takes field lines that were already checked: every line `name:value` ended by CR LF, without folding.
    package init(checkedLines: Bytes) {
        lines = checkedLines
    }

    package var isEmpty: Bool { lines.isEmpty }

    /// The first field of that name; setting replaces all of them, `nil` removes them.
    package subscript(name: String) -> String? {
        get {
            guard let value = firstValue(name) else { return nil }
            return String(decoding: lines[value], as: UTF8.self)
        }
        set {
            remove(name)
            if let newValue { add(name, newValue) }
        }
    }

    package func contains(_ name: String) -> Bool { firstValue(name) != nil }

    /// Whether there is a field of any of these names.
    package func contains(anyOf names: [StaticString]) -> Bool { hasLine(namedAnyOf: names) }

    /// Appends a field, keeping others of the same name. What could end the line or the name early is replaced, so that
    /// no value can smuggle in further fields.
    package mutating func add(_ name: String, _ value: String) {
        var (name, value) = (name, value)
        name.withUTF8 { name in value.withUTF8 { add(name, $0) } }
    }

    /// Appends a field as `add(_:_:)` of texts does.
    package mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        name.withMemoryRebound(to: UInt8.self) { name in value.withMemoryRebound(to: UInt8.self) { add(name, $0) } }
    }

    private mutating func add(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        if lines.isEmpty { lines.reserveCapacity(Self.usualSize) }
        // Copied as they are and looked through beside: hardly ever is there anything to replace.
        var isPlain = value.isPlainText
        for byte in name { isPlain = isPlain && byte.isToken }
        lines.append(count: name.count + value.count + 4) { line in
            if let base = name.baseAddress { line.update(from: base, count: name.count) }
            line[name.count] = UInt8(ascii: ":")
            line[name.count + 1] = UInt8(ascii: " ")
            let rest = line + name.count + 2
            if let base = value.baseAddress { rest.update(from: base, count: value.count) }
            rest[value.count] = 13
            rest[value.count + 1] = 10
            guard !isPlain else { return }
            for index in name.indices where !name[index].isToken { line[index] = UInt8(ascii: "-") }
            for index in value.indices where !value[index].isFieldContent { rest[index] = UInt8(ascii: " ") }
        }
    }

    /// Appends to the value of the last field, after a space.
    package mutating func extendLast(_ value: UnsafeRawBufferPointer) {
        guard !lines.isEmpty else { return }
        lines.removeLast(2)
        lines.append(UInt8(ascii: " "))
        for byte in value { lines.append(byte.isFieldContent ? byte : UInt8(ascii: " ")) }
        lines.append(13)
        lines.append(10)
    }

    /// The values of all fields of that name, in order.
    package func all(_ name: String) -> [String] {
        var values: [String] = []
        forEachField { field in
            if matches(field.name, name) { values.append(String(decoding: lines[field.value], as: UTF8.self)) }
        }
        return values
    }

    /// The members of a comma-separated list over all fields of that name (RFC 9110, section 5.6.1), trimmed, none empty.
    package func list(_ name: String) -> [String] {
        all(name).flatMap { value in
            value.split(separator: ",").map { String($0.trimmingBlanks()) }.filter { !$0.isEmpty }
        }
    }

    package mutating func remove(_ name: String) {
        guard contains(name) else { return }
        var kept = Bytes()
        kept.reserveCapacity(lines.count)
        forEachField { field in
            if !matches(field.name, name) { kept.append(contentsOf: lines[field.line]) }
        }
        lines = kept
    }
}

extension HTTPHeaders {
    /// Every field's name and value as bytes, without making texts of them.
    package func forEachField(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void) {
        lines.withUnsafeBytes { bytes in
            forEachField { field in
                body(UnsafeRawBufferPointer(rebasing: bytes[field.name]), UnsafeRawBufferPointer(rebasing: bytes[field.value]))
            }
        }
    }
}

extension HTTPHeaders: Sequence {
    package func makeIterator() -> IndexingIterator<[(name: String, value: String)]> {
        var fields: [(name: String, value: String)] = []
        forEachField { field in
            fields.append((String(decoding: lines[field.name], as: UTF8.self), String(decoding: lines[field.value], as: UTF8.self)))
        }
        return fields.makeIterator()
    }
}

extension HTTPHeaders: Equatable {
    /// The same fields in the same order with the same spelling.
    package static func == (a: HTTPHeaders, b: HTTPHeaders) -> Bool {
        a.elementsEqual(b) { $0.name == $1.name && $0.value == $1.value }
    }
}

extension HTTPHeaders: CustomStringConvertible {
    package var description: String { map { "\($0.name): \($0.value)" }.joined(separator: "\n") }
}
