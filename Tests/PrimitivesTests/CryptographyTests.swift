import Cryptography
import Testing

@Suite struct CryptographyTests {
    /// FIPS 180-4 examples and RFC 4231, RFC 6455.
    @Test func knownAnswers() {
        #expect(Hex.encode(SHA256.hash(Array("abc".utf8))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Hex.encode(SHA1.hash(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        let mac = HMACSHA256.authenticate(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(Hex.encode(mac) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func piecesGiveTheSameDigest() {
        var digest = SHA256()
        for piece in ["a", "", "bc"] { digest.update(Array(piece.utf8)) }
        #expect(digest.finalize() == SHA256.hash(Array("abc".utf8)))
    }

    /// RFC 4648, section 10.
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")])
    func base64(_ plain: String, _ coded: String) {
        let bytes = Array(plain.utf8)
        #expect(Base64.encode(bytes) == coded)
        #expect(Base64.decode(coded) == bytes)
        #expect(Base64.decodeURL(Base64.encodeURL(bytes)) == bytes)
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zh==", "Zg==Zg==", "Zm9*", "===="])
    func badBase64(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func urlSafeAlphabet() {
        #expect(Base64.encodeURL([0xFB, 0xFF]) == "-_8")
        #expect(Base64.decodeURL("-_8") == [0xFB, 0xFF])
        #expect(Base64.decodeURL("+/8") == nil)
    }

    @Test func hex() {
        #expect(Hex.encode([0, 255, 16]) == "00ff10")
        #expect(Hex.decode("00FF10") == [0, 255, 16])
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("zz") == nil)
    }

    @Test func comparison() {
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
    }
}
