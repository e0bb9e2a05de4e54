import Cryptography
import Testing

struct PublicKeyTests {
    /// The generator of P-256 (SEC 2, 2.4.2) is a point of the curve.
    private static let x = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    private static let y = "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"

    @Test func pointsOffTheCurveAreNoKeys() throws {
        let (x, y) = (try #require(Hex.decode(Self.x)), try #require(Hex.decode(Self.y)))
        #expect(PublicKey(p256X: x, y: y)?.kind == .p256)
        #expect(PublicKey(p256X: y, y: x) == nil)
        #expect(PublicKey(p256X: [0] + x, y: y) == nil)
        #expect(PublicKey(p256X: [UInt8](repeating: 0, count: 32), y: [UInt8](repeating: 0, count: 32)) == nil)
        #expect(PublicKey(p256X: [UInt8](repeating: 255, count: 32), y: y) == nil)
    }

    @Test(arguments: [(255, false), (256, true), (1024, true), (1025, false), (128, false), (0, false)])
    func modulusLengths(_ bytes: Int, _ isKey: Bool) {
        let modulus = [UInt8](repeating: 0xFF, count: bytes)
        // 255 bytes are 2040 bits: too few.
        #expect((PublicKey(rsaModulus: modulus, exponent: [1, 0, 1]) != nil) == isKey)
        #expect((PublicKey(rsaModulus: [0, 0] + modulus, exponent: [0, 1, 0, 1]) != nil) == isKey)
    }

    @Test(arguments: [[], [0], [1], [2], [4], [1, 0, 0], [1, 0, 0, 0, 1]] as [[UInt8]])
    func exponentsThatMakeNoKey(_ exponent: [UInt8]) {
        #expect(PublicKey(rsaModulus: [UInt8](repeating: 0xFF, count: 256), exponent: exponent) == nil)
    }

    @Test func aSignatureOfAnotherLengthIsRefused() throws {
        let (x, y) = (try #require(Hex.decode(Self.x)), try #require(Hex.decode(Self.y)))
        let key = try #require(PublicKey(p256X: x, y: y))
        for count in [0, 1, 63, 64, 65, 72] {
            #expect(!key.verifies([UInt8](repeating: 0, count: count), over: [1, 2, 3]))
            #expect(!key.verifies([UInt8](repeating: 255, count: count), over: []))
        }
    }

    @Test func sha512OfTheStandardsExample() {
        // FIPS 180-2, C.1
        #expect(
            Hex.encode(SHA512.hash([UInt8]("abc".utf8)))
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
    }
}
