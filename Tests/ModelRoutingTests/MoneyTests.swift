import ModelRouting
import Primitives
import Testing

@Suite struct MoneyTests {
    @Test(arguments: [
        ("0", 0), ("0.000000001", 1), ("0.006", 6_000_000), ("12", 12_000_000_000), ("3.50", 3_500_000_000),
    ])
    func readsDecimals(_ text: String, _ nanoDollars: Int64) {
        #expect(Money(decimal: text)?.nanoDollars == nanoDollars)
    }

    @Test(arguments: ["", "-1", "+1", "1e3", "0x10", ".5", "1.", "1.0000000001", "10000000000", "1 ", "٣", "nan", "1,5"])
    func refusesOtherTexts(_ text: String) {
        #expect(Money(decimal: text) == nil)
    }

    @Test(arguments: [
        (12_000_000_000, "$12.00"), (42_100_000, "$0.0421"), (16, "$0.000000016"), (0, "$0.00"), (-1_500_000_000, "-$1.50"),
        (1_234_567_890_123, "$1234.5678"),
    ])
    func speaks(_ nanoDollars: Int64, _ text: String) {
        #expect(Money(nanoDollars: nanoDollars).description == text)
    }

    @Test func sumsNeverWrap() {
        let most = Money(nanoDollars: .max), least = Money(nanoDollars: .min)
        #expect(most + most == most)
        #expect(least + least == least)
        #expect(most - least == most)
        #expect(Money.zero - least == most)
    }

    @Test(arguments: ["9223372037", "9999999999", "1000000000.000000001", "1000000001"])
    func moreThanTheMostIsNoMoney(_ text: String) {
        #expect(Money(decimal: text) == nil)
    }
}
