import Primitives

/// Reads the fields of a protocol buffer message in their order (developers.google.com, "Protocol Buffers: Encoding").
struct ProtobufReader {
    /// One field.
    enum Value {
        case integer(UInt64)
        case float(Float)
        /// A text, bytes or a message.
        case bytes(Slice<UnsafeRawBufferPointer>)
        /// A number of eight bytes.
        case other
    }

    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: Slice<UnsafeRawBufferPointer>) { rest = bytes }

    /// Whether something could not be read: the message ends too early, or is none.
    private(set) var isDamaged = false

    /// The number and value of the next field; nil at the end, or where the message is damaged.
    mutating func next() -> (field: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        guard let key = integer(), let value = value(of: key & 7) else {
            isDamaged = true
            return nil
        }
        return (Int(key >> 3 & 0x1FFF_FFFF), value)
    }

    private mutating func value(of type: UInt64) -> Value? {
        switch type {
        case 0: integer().map(Value.integer)
        case 1: take(8).map { _ in .other }
        case 2: integer().flatMap { $0 <= UInt64(rest.count) ? take(Int($0)) : nil }.map(Value.bytes)
        case 5: take(4).map { .float(Float(bitPattern: UnsafeRawBufferPointer(rebasing: $0).loadUnaligned(as: UInt32.self))) }
        default: nil
        }
    }

    private mutating func integer() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }

    private mutating func take(_ count: Int) -> Slice<UnsafeRawBufferPointer>? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
