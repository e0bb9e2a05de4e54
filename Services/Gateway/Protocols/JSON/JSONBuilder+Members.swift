/// Whole members, name and value; the optional forms write nothing for nil.
extension JSONBuilder {
    /// Writes a text.
    package mutating func member(_ name: StaticString, _ text: String) {
        key(name)
        value(text)
    }

    /// Writes a text that is known beforehand and needs no escapes.
    package mutating func member(_ name: StaticString, _ text: StaticString) {
        key(name)
        value(text)
    }

    /// Writes a whole number.
    package mutating func member(_ name: StaticString, _ number: Int) {
        key(name)
        value(number)
    }

    /// Writes a number.
    package mutating func member(_ name: StaticString, _ number: Double) {
        key(name)
        value(number)
    }

    /// Writes true or false.
    package mutating func member(_ name: StaticString, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// Writes a piece of JSON as it is.
    package mutating func member(_ name: StaticString, _ raw: RawJSON) {
        key(name)
        value(raw)
    }

    /// Writes null.
    package mutating func nullMember(_ name: StaticString) {
        key(name)
        null()
    }

    /// Writes a text, or nothing for nil.
    package mutating func member(_ name: StaticString, ifPresent text: String?) {
        if let text { member(name, text) }
    }

    /// Writes a whole number, or nothing for nil.
    package mutating func member(_ name: StaticString, ifPresent number: Int?) {
        if let number { member(name, number) }
    }

    /// Writes a number, or nothing for nil.
    package mutating func member(_ name: StaticString, ifPresent number: Double?) {
        if let number { member(name, number) }
    }

    /// Writes true or false, or nothing for nil.
    package mutating func member(_ name: StaticString, ifPresent flag: Bool?) {
        if let flag { member(name, flag) }
    }

    /// Writes a piece of JSON as it is, or nothing for nil.
    package mutating func member(_ name: StaticString, ifPresent raw: RawJSON?) {
        if let raw { member(name, raw) }
    }

    /// Writes a text, or null for nil.
    package mutating func member(_ name: StaticString, orNull text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    /// Writes an object whose members `body` writes.
    package mutating func object<E: Error>(_ name: StaticString, _ body: (inout JSONBuilder) throws(E) -> Void) throws(E) {
        key(name)
        try object(body)
    }

    /// Writes an array whose elements `body` writes.
    package mutating func array<E: Error>(_ name: StaticString, _ body: (inout JSONBuilder) throws(E) -> Void) throws(E) {
        key(name)
        try array(body)
    }
}
