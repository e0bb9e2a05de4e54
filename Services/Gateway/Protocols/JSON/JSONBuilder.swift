package import Primitives

/// Writes JSON text straight into bytes. Commas are placed by looking at the last byte written: a value never ends in `{`, `[`
/// or `:`, so anything else is a finished value.
package struct JSONBuilder {
    /// What has been written.
    package private(set) var bytes: Bytes

    /// - Parameter capacity: bytes to make room for.
    package init(capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Takes over the storage of `output`, to be given back by `finish(into:)`.
    init(taking output: inout Bytes) {
        bytes = []
        swap(&bytes, &output)
    }

    /// Gives the bytes back.
    mutating func finish(into output: inout Bytes) {
        swap(&bytes, &output)
    }

    /// Writes bytes as they are, for framing between documents.
    @inline(__always)
    package mutating func frame(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Writes bytes that were built before.
    mutating func append(_ built: Bytes) {
        bytes.append(contentsOf: built)
    }

    @inline(__always)
    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "\n"): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    /// Writes a member's name.
    package mutating func key(_ name: StaticString) {
        separate()
        let count = name.utf8CodeUnitCount
        bytes.append(count: count + 3) { room in
            room[0] = UInt8(ascii: "\"")
            (room + 1).update(from: name.utf8Start, count: count)
            room[count + 1] = UInt8(ascii: "\"")
            room[count + 2] = UInt8(ascii: ":")
        }
    }

    /// Writes a member's name that is not known beforehand.
    package mutating func key(named name: String) {
        value(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Writes an object whose members `body` writes.
    package mutating func object<E: Error>(_ body: (inout JSONBuilder) throws(E) -> Void) throws(E) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        try body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Writes an array whose elements `body` writes.
    package mutating func array<E: Error>(_ body: (inout JSONBuilder) throws(E) -> Void) throws(E) {
        separate()
        bytes.append(UInt8(ascii: "["))
        try body(&self)
        bytes.append(UInt8(ascii: "]"))
    }

    /// Writes a piece of JSON as it is.
    package mutating func value(_ raw: RawJSON) {
        separate()
        bytes.append(contentsOf: raw.bytes)
    }

    /// Writes true or false.
    package mutating func value(_ flag: Bool) {
        separate()
        flag ? frame("true") : frame("false")
    }

    /// Writes null.
    package mutating func null() {
        separate()
        frame("null")
    }

    /// Writes a whole number.
    package mutating func value(_ number: Int) {
        separate()
        bytes.append(decimal: Int64(number))
    }

    /// Writes a number in its shortest form; NaN and infinities, which JSON can not hold, become null.
    package mutating func value(_ number: Double) {
        guard number.isFinite else { return null() }
        separate()
        if let whole = Int(exactly: number), abs(whole) < 1 << 53 {
            bytes.append(decimal: Int64(whole))
        } else {
            bytes.append(contentsOf: number.description.utf8)
        }
    }

    /// Writes a number in the shortest form that reads back to the same 32 bits.
    package mutating func value(_ number: Float) {
        guard number.isFinite else { return null() }
        separate()
        bytes.append(contentsOf: number.description.utf8)
    }

    /// Writes a text that is known beforehand and needs no escapes.
    package mutating func value(_ text: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        frame(text)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a text, escaped where it must be.
    package mutating func value(_ text: String) {
        separate()
        let copy: Void? = text.utf8.withContiguousStorageIfAvailable { JSONQuoting.appendQuoted($0, to: &bytes) }
        if copy == nil { Bytes(text.utf8).withUnsafeBufferPointer { JSONQuoting.appendQuoted($0, to: &bytes) } }
    }
}
