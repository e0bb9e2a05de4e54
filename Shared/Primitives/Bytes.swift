/// A chunk of raw bytes, the currency of bodies, payloads and digests.
package typealias Bytes = [UInt8]

extension Bytes {
    /// Appends a text's UTF-8.
    @inlinable package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    /// Appends a text that is known beforehand.
    @inlinable package mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends bytes that are written in place, with one look at the room for all of them.
    /// - Parameters:
    ///   - count: how many they are.
    ///   - write: writes all of them.
    @inlinable @inline(__always)
    package mutating func append(count: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Void) {
        append(addingCapacity: count) { room in
            room.withUnsafeMutableBufferPointer { buffer, used in
                guard let base = buffer.baseAddress else { return }
                write(base + used)
                used += count
            }
        }
    }

    /// Appends a number's decimal digits.
    package mutating func append(decimal number: Int64) {
        if 0..<10 ~= number { return append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)) }
        var magnitude = number.magnitude
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = digits.count
            repeat {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: magnitude % 10)
                magnitude /= 10
            } while magnitude > 0
            if number < 0 {
                first -= 1
                digits[first] = UInt8(ascii: "-")
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }
}
