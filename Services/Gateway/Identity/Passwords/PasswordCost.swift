import CSodium

/// How much work one password hash is.
package struct PasswordCost: Sendable, Hashable {
    /// Passes over the memory; at least 1.
    package var passes: UInt64
    /// Bytes of memory; at least 8 KiB.
    package var memory: Int

    package init(passes: UInt64, memory: Int) {
        (self.passes, self.memory) = (passes, memory)
    }

    /// Two passes over 64 MiB, libsodium's parameters for a person who waits; above the least that the OWASP Password Storage Cheat
    /// Sheet names (two passes over 19 MiB).
    package static let interactive = PasswordCost(
        passes: UInt64(crypto_pwhash_OPSLIMIT_INTERACTIVE), memory: Int(crypto_pwhash_MEMLIMIT_INTERACTIVE))
}
