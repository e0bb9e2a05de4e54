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

    /// Test case 15 of McGrew and Viega, "The Galois/Counter Mode of Operation".
    @Test func galoisCounterMode() {
        let key = Hex.decode("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308") ?? []
        let nonce = Hex.decode("cafebabefacedbaddecaf888") ?? []
        let message =
            Hex.decode(
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                    + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255") ?? []
        var sealed = AES256GCM.seal(message, key: key, nonce: nonce)
        #expect(
            Hex.encode(sealed) == "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c")
        #expect(AES256GCM.open(sealed, key: key, nonce: nonce) == message)
        #expect(AES256GCM.open(sealed, key: Array(key.reversed()), nonce: nonce) == nil)
        #expect(AES256GCM.open([], key: key, nonce: nonce) == nil)
        #expect(AES256GCM.open(AES256GCM.seal([], key: key, nonce: nonce), key: key, nonce: nonce) == [])
        sealed[3] ^= 1
        #expect(AES256GCM.open(sealed, key: key, nonce: nonce) == nil)
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
