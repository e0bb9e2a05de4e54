package import Primitives

/// How long fetched keys are used.
package struct KeySetRules: Sendable, Hashable {
    /// Keys are fetched again when they are older.
    package var freshness = Duration.hours(1)
    /// Older keys are not used at all, even when fetching fails.
    package var longest = Duration.hours(24)
    /// Between two fetches, wanted by an unknown key or after a failure, is at least so long: strangers can name any key.
    package var pause = Duration.seconds(60)

    package init() {}
}

/// An issuer's keys, fetched when needed and at most once at a time.
package actor KeySetCache {
    private static let log = Log("identity.keys")
    private let rules: KeySetRules
    private let clock: @Sendable () -> Timestamp
    private let fetch: @Sendable () async throws -> Bytes
    private var held: (set: JSONWebKeySet, fetched: Timestamp)?
    private var lastTry: Timestamp?
    private var running: Task<Void, Never>?

    /// - Parameters:
    ///   - clock: gives the present time.
    ///   - fetch: gets the issuer's document, within a deadline and a size of its own, from an address of the configuration;
    ///     never from one that a token names (RFC 8725, 3.10).
    package init(
        rules: KeySetRules = KeySetRules(), clock: @escaping @Sendable () -> Timestamp = Timestamp.now,
        fetch: @escaping @Sendable () async throws -> Bytes
    ) {
        (self.rules, self.clock, self.fetch) = (rules, clock, fetch)
    }

    /// The issuer's keys; fetched when there are none, they are old, or the wanted one is not among them.
    /// - Parameter id: the key that a token names.
    /// - Throws: `TokenError.keysUnavailable` when there are none that may be used.
    package func keys(for id: String?) async throws(TokenError) -> JSONWebKeySet {
        if let held, held.set.has(id), age(held.fetched) < rules.freshness { return held.set }
        await refresh()
        guard let held, age(held.fetched) < rules.longest else { throw .keysUnavailable }
        return held.set
    }

    private func refresh() async {
        if let running { return await running.value }
        if let lastTry, age(lastTry) < rules.pause { return }
        lastTry = clock()
        let task = Task { await load() }
        running = task
        await task.value
    }

    private func load() async {
        defer { running = nil }
        do {
            held = (try JSONWebKeySet(parsing: try await fetch()), clock())
        } catch {
            Self.log.warning("an issuer's keys can not be had", ["error": .string("\(error)")])
        }
    }

    private func age(_ time: Timestamp) -> Duration { clock().duration(since: time) }
}
