import Glibc
import Primitives
import Synchronization

/// When wrong passwords are slowed down.
package struct ThrottleRules: Sendable, Hashable {
    /// Attempts on one account before it has to wait.
    package var accountAttempts = 5
    /// Attempts from one network address before it has to wait.
    package var addressAttempts = 30
    /// The first wait; each further attempt doubles it.
    package var wait = Duration.seconds(1)
    /// No wait is longer.
    package var longestWait = Duration.minutes(15)
    /// Without an attempt for so long, all is forgotten.
    package var memory = Duration.hours(24)

    package init() {}
}

/// Slows down guessing of passwords, by account and by network address.
///
/// An attempt is counted before its password is checked, so that many at once can not pass the limit together. An address that has
/// logged in to an account before has a count of its own there: strangers can not lock somebody out of where they always are.
final class LoginThrottle: Sendable {
    private static let capacity = 100_000

    private enum Key: Hashable {
        case account(String)
        case address(String)
        case known(account: String, address: String)
    }

    private struct Count {
        var attempts = 0
        var allowed: Timestamp
        var last: Timestamp
    }

    private let rules: ThrottleRules
    private let counts = Mutex<[Key: Count]>([:])

    init(_ rules: ThrottleRules) {
        self.rules = rules
    }

    /// Counts an attempt.
    /// - Parameter account: `nil` for what concerns no account.
    /// - Throws: `IdentityError.throttled`; the attempt is not counted then.
    func admit(account: String?, address: String, now: Timestamp) throws(IdentityError) {
        let address = Self.network(address)
        let wait = counts.withLock { counts -> Duration? in
            makeRoom(in: &counts, now)
            let keys = self.keys(account, address, counts)
            let allowed = keys.compactMap { self.count($0.key, counts, now).allowed }.max() ?? now
            guard allowed <= now else { return allowed.duration(since: now) }
            for (key, limit) in keys {
                var count = self.count(key, counts, now)
                count.attempts += 1
                count.last = now
                let beyond = count.attempts - limit
                if beyond >= 0 { count.allowed = now.advanced(by: min(rules.longestWait, rules.wait * (1 << min(beyond, 30)))) }
                counts[key] = count
            }
            return nil
        }
        if let wait { throw .throttled(retryAfter: wait) }
    }

    /// Takes back the count of an attempt whose password could not be checked.
    func withdraw(account: String?, address: String) {
        let address = Self.network(address)
        counts.withLock { counts in
            for (key, _) in keys(account, address, counts) { counts[key]?.attempts -= 1 }
        }
    }

    /// Forgets what was counted for the account; what was counted for the address stays, but for this one attempt: else whoever has
    /// an account could go on guessing others'.
    func succeed(account: String, address: String, now: Timestamp) {
        let address = Self.network(address)
        counts.withLock { counts in
            let isKnown = counts[.known(account: account, address: address)] != nil
            if !isKnown { counts[.account(account)] = nil }
            counts[.known(account: account, address: address)] = Count(allowed: now, last: now)
            counts[.address(address)]?.attempts -= 1
        }
    }

    private func keys(_ account: String?, _ address: String, _ counts: [Key: Count]) -> [(key: Key, limit: Int)] {
        var keys: [(Key, Int)] = [(.address(address), rules.addressAttempts)]
        if let account {
            let known = Key.known(account: account, address: address)
            keys.append((counts[known] == nil ? .account(account) : known, rules.accountAttempts))
        }
        return keys
    }

    private func count(_ key: Key, _ counts: [Key: Count], _ now: Timestamp) -> Count {
        guard let count = counts[key], now.duration(since: count.last) < rules.memory else { return Count(allowed: now, last: now) }
        return count
    }

    private func makeRoom(in counts: inout [Key: Count], _ now: Timestamp) {
        guard counts.count >= Self.capacity else { return }
        counts = counts.filter { now.duration(since: $0.value.last) < rules.memory }
        guard counts.count >= Self.capacity else { return }
        // The ones that have been quiet for longest are given up.
        let middle = counts.values.map(\.last).sorted()[counts.count / 2]
        counts = counts.filter { $0.value.last > middle }
    }

    /// The first 64 bits of an IPv6 address: below them, a subscriber chooses (RFC 6177). Other texts stay as they are.
    static func network(_ address: String) -> String {
        var bytes = in6_addr()
        guard address.contains(":"), inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        return withUnsafeBytes(of: bytes) { bytes in
            // ::ffff:0:0/96 are IPv4 addresses (RFC 4291, 2.5.5.2).
            if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 255, bytes[11] == 255 {
                return bytes[12...].map { String($0) }.joined(separator: ".")
            }
            return bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}
