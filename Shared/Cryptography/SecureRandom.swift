import COpenSSL

/// Bytes from the library's cryptographic generator, seeded by the kernel.
package enum SecureRandom {
    package static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            // Without entropy no secret can be made; going on would be worse than ending.
            precondition(RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "the system gives no random bytes")
            written = count
        }
    }
}
