import Cryptography

/// Pseudo-random numbers that only the holder of a key can make: HMAC-SHA256 in counter mode, which is the construction of
/// NIST SP 800-108r1, 4.1, with a 64-bit counter behind the label.
struct KeyedSequence {
    private let key: [UInt8]
    private let label: [UInt8]
    private var counter: UInt64 = 0
    private var block: [UInt8] = []
    private var position = 0

    /// - Parameters:
    ///   - key: any bytes.
    ///   - label: what the numbers are for; other labels give independent numbers.
    init(key: [UInt8], label: String) {
        // HMAC fills short keys with zeros, which would make one key of those that differ in trailing zeros.
        (self.key, self.label) = (SHA256.hash(key), [UInt8](label.utf8) + [0])
    }

    /// 32 uniform bits.
    mutating func next() -> UInt32 {
        if position == block.count { refill() }
        defer { position += 4 }
        return block[position..<position + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A uniform number below a bound (Lemire, "Fast Random Integer Generation in an Interval", 2019).
    /// - Parameter bound: at least 1.
    mutating func next(below bound: Int) -> Int {
        let bound = UInt32(bound)
        let threshold = (0 &- bound) % bound
        while true {
            let product = next().multipliedFullWidth(by: bound)
            if product.low >= threshold { return Int(product.high) }
        }
    }

    /// Puts elements into a random order (Fisher and Yates).
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, next(below: last + 1))
        }
    }

    private mutating func refill() {
        var message = label
        withUnsafeBytes(of: counter.bigEndian) { message.append(contentsOf: $0) }
        block = HMACSHA256.authenticate(message, key: key)
        counter += 1
        position = 0
    }
}
