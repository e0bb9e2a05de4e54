import COpenSSL

/// AES with 256-bit keys in Galois/counter mode (NIST SP 800-38D): nobody without the key reads or changes what it seals.
package enum AES256GCM {
    package static let keyLength = 32
    package static let nonceLength = 12
    private static let tagLength = 16

    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes, never the same for two messages under one key.
    /// - Returns: as many bytes as `message` has, and a tag of 16.
    package static func seal(_ message: [UInt8], key: [UInt8], nonce: [UInt8]) -> [UInt8] {
        precondition(key.count == keyLength && nonce.count == nonceLength, "a key has 32 bytes and a nonce 12")
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        var sealed = [UInt8](repeating: 0, count: message.count + tagLength)
        var (count, rest): (CInt, CInt) = (0, 0)
        let isDone = sealed.withUnsafeMutableBufferPointer { sealed in
            let tag = sealed.baseAddress! + message.count
            return EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1
                && EVP_EncryptUpdate(context, sealed.baseAddress, &count, message, CInt(message.count)) == 1
                && EVP_EncryptFinal_ex(context, tag, &rest) == 1
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CInt(tagLength), tag) == 1
        }
        // With arguments of the right lengths only a lack of memory fails; a secret must not go out unsealed then.
        precondition(isDone, "the library can not encrypt")
        return sealed
    }

    /// - Returns: what was sealed; `nil` when the key or nonce is another or a byte was changed.
    package static func open(_ sealed: [UInt8], key: [UInt8], nonce: [UInt8]) -> [UInt8]? {
        guard key.count == keyLength, nonce.count == nonceLength, sealed.count >= tagLength else { return nil }
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        let length = sealed.count - tagLength
        // The library writes behind the message, if only nothing.
        var message = [UInt8](repeating: 0, count: length + tagLength)
        var tag = Array(sealed[length...])
        var (count, rest): (CInt, CInt) = (0, 0)
        let isWhole = message.withUnsafeMutableBufferPointer { message in
            EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1
                && EVP_DecryptUpdate(context, message.baseAddress, &count, sealed, CInt(length)) == 1
                && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(tagLength), &tag) == 1
                && EVP_DecryptFinal_ex(context, message.baseAddress! + length, &rest) == 1
        }
        return isWhole ? Array(message.prefix(length)) : nil
    }
}
