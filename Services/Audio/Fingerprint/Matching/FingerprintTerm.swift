/// An item as the index knows it.
struct FingerprintTerm {
    /// Bits that count. Fewer would find worse copies and more strangers; with 24, 20 to 40 % of the items of a 24 kbit/s copy are
    /// found, and a stranger for one item in five among 10,000 songs.
    private static let bits = 24
    /// One value in four is indexed, always the same ones: both sides choose alike, so a quarter of the rows and lookups still
    /// meets (the principle of S. Schleimer, D. Wilkerson, A. Aiken, "Winnowing", SIGMOD 2003: selection by content).
    private static let selection = 2

    let value: UInt32
    /// The item's place in its fingerprint.
    let position: Int

    /// The items of a fingerprint that are indexed and looked up. What stays the same for several items counts once.
    static func all(of items: [UInt32]) -> [FingerprintTerm] {
        var terms: [FingerprintTerm] = []
        var last: UInt32?
        for (position, item) in items.enumerated() {
            let value = item >> UInt32(32 - bits)
            guard value != last else { continue }
            last = value
            // The high bits of a product with the golden ratio are spread evenly (D. Knuth, TAOCP 3, section 6.4).
            guard (value &* 0x9E37_79B1) >> UInt32(32 - selection) == 0 else { continue }
            terms.append(FingerprintTerm(value: value, position: position))
        }
        return terms
    }
}
