/// The few elements of the Distinguished Encoding Rules that public keys and signatures are made of (ITU-T X.690).
enum DER {
    /// A SEQUENCE of encoded elements.
    static func sequence(_ elements: [UInt8]...) -> [UInt8] { element(0x30, elements.flatMap { $0 }) }

    /// A BIT STRING of whole bytes.
    static func bitString(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

    /// A non-negative INTEGER in the shortest form.
    /// - Parameter magnitude: big-endian; leading zeros do not matter.
    static func integer(_ magnitude: some Collection<UInt8>) -> [UInt8] {
        let digits = Array(magnitude.drop { $0 == 0 })
        // The highest bit is the sign (X.690, 8.3).
        let isPadded = digits.first.map { $0 >= 0x80 } ?? true
        return element(0x02, isPadded ? [0] + digits : digits)
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag] + length(content.count) + content }

    private static func length(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        var digits: [UInt8] = []
        var rest = count
        while rest > 0 {
            digits.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(digits.count)] + digits
    }
}
