/// The words for a currency.
struct Currency: Sendable {
    let singular: String
    let plural: String
    /// The hundredth part; `nil` when prices have none.
    let minor: (singular: String, plural: String)?

    init(_ singular: String, _ plural: String, _ minor: String? = nil, _ minors: String? = nil) {
        (self.singular, self.plural) = (singular, plural)
        self.minor = minor.flatMap { one in minors.map { (one, $0) } }
    }

    static let dollar = Currency("dollar", "dollars", "cent", "cents")
    static let pound = Currency("pound", "pounds", "penny", "pence")
    static let euro = Currency("euro", "euros", "cent", "cents")
    static let cents = Currency("cent", "cents")

    static func named(_ country: String) -> Currency { Currency("\(country) dollar", "\(country) dollars", "cent", "cents") }

    /// A sum: two digits of fraction are the hundredth parts.
    func spoken(_ number: WrittenNumber) -> String {
        guard let fraction = number.fraction, fraction.count == 2, let minor, let parts = Int(fraction) else {
            return "\(number.spoken) \(number.isOne ? singular : plural)"
        }
        let whole = number.whole.isEmpty ? "0" : number.whole
        let major = "\(EnglishNumber.cardinal(whole)) \(whole == "1" ? singular : plural)"
        let small = "\(EnglishNumber.cardinal(parts)) \(parts == 1 ? minor.singular : minor.plural)"
        if parts == 0 { return major }
        return whole == "0" ? small : "\(major) and \(small)"
    }
}
