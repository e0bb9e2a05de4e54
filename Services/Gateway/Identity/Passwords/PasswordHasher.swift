import CSodium
import Primitives
import Synchronization

/// Hashes passwords with Argon2id (RFC 9106) on threads of its own; a hash takes tens of milliseconds and 64 MiB.
///
/// At most `threads` hashes run at once and `waiting` more wait for them, so that a flood of logins neither fills the memory nor
/// makes everybody wait without end.
package final class PasswordHasher: Sendable {
    private let cost: PasswordCost
    private let capacity: Int
    private let threads: BlockingThreads
    private let pending = Mutex(0)

    /// - Parameters:
    ///   - cost: the work of a new hash; older hashes are still checked with their own.
    ///   - threads: hashes that may run at once; at least 1.
    ///   - waiting: hashes that may wait for a thread.
    package init(cost: PasswordCost = .interactive, threads: Int = 2, waiting: Int = 64) {
        precondition(sodium_init() >= 0, "libsodium can not start")
        self.cost = cost
        capacity = max(1, threads) + max(0, waiting)
        self.threads = BlockingThreads(name: "password", count: threads)
    }

    /// Hashes a password with a new salt.
    /// - Returns: the text form of Argon2id, `$argon2id$v=19$m=…`.
    /// - Throws: `IdentityError.busy` when too many hashes wait or memory is short.
    package func hash(_ password: String) async throws(IdentityError) -> String {
        let cost = cost
        let hash = try await perform { () -> String? in
            var text = [CChar](repeating: 0, count: Int(crypto_pwhash_strbytes()))
            let status = password.withCString { characters in
                crypto_pwhash_str_alg(
                    &text, characters, UInt64(password.utf8.count), cost.passes, cost.memory, crypto_pwhash_alg_argon2id13())
            }
            return status == 0 ? text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } } : nil
        }
        guard let hash else { throw .busy }
        return hash
    }

    /// Whether a password has a hash.
    /// - Throws: `IdentityError.busy` when too many hashes wait.
    package func verify(_ password: String, against hash: String) async throws(IdentityError) -> Bool {
        try await perform {
            password.withCString { crypto_pwhash_str_verify(hash, $0, UInt64(password.utf8.count)) == 0 }
        }
    }

    /// Whether a hash was made with another cost than new ones.
    package func isOutdated(_ hash: String) -> Bool {
        crypto_pwhash_str_needs_rehash(hash, cost.passes, cost.memory) != 0
    }

    /// Lets the threads end.
    package func stop() { threads.stop() }

    deinit {
        threads.stop()
    }

    private func perform<T: Sendable>(_ body: @escaping @Sendable () -> T) async throws(IdentityError) -> T {
        let isAdmitted = pending.withLock { pending in
            guard pending < capacity else { return false }
            pending += 1
            return true
        }
        guard isAdmitted else { throw .busy }
        defer { pending.withLock { $0 -= 1 } }
        do {
            return try await threads.run(body)
        } catch {
            throw .busy
        }
    }
}
