import AlertingCore
import AnalyticsAPI
import Contracts
import Persistence
import Primitives
import Synchronization
import TestSupport
import Testing

/// A clock that a test sets: the even time and the system's, each by itself.
final class HandClock: Sendable {
    static let start = Timestamp(milliseconds: 1_795_237_200_000)
    private let passed: Box
    private let shift: Box
    private let current: Mutex<SteadyClock>
    var clock: SteadyClock { current.withLock(\.self) }

    init() {
        let (passed, shift) = (Box(), Box())
        (self.passed, self.shift) = (passed, shift)
        current = Mutex(Self.make(passed, shift))
    }

    private static func make(_ passed: Box, _ shift: Box) -> SteadyClock {
        let before = passed.value
        return SteadyClock(
            wall: { start.advanced(by: passed.value + shift.value) }, elapsed: { passed.value - before })
    }

    /// Another process begins, with the system's time as it is now.
    func restart() { current.withLock { $0 = Self.make(passed, shift) } }

    func pass(_ time: Duration) { passed.add(time) }
    /// Somebody sets the system's clock.
    func jump(_ distance: Duration) { shift.add(distance) }
    var wall: Timestamp { clock.wall }

    private final class Box: Sendable {
        private let content = Mutex(Duration.zero)
        var value: Duration { content.withLock { $0 } }
        func add(_ more: Duration) { content.withLock { $0 += more } }
    }
}

/// An alert center with a store of its own.
struct Scene {
    let folder: TemporaryFolder
    var database: Database
    var center: AlertCenter
    let time = HandClock()

    init(_ text: String, mostAlerts: Int = 100_000) async throws {
        folder = try TemporaryFolder("alerting")
        database = try await Self.open(folder)
        center = AlertCenter(database, clock: time.clock, mostAlerts: mostAlerts)
        try await center.load(try AlertFile(Bytes(text.utf8)))
        await center.hears("s", true)
    }

    private static func open(_ folder: TemporaryFolder) async throws -> Database {
        try await Database.open(folder.appending("alerting.sqlite"), migrations: AlertingSchema.migrations)
    }

    /// The process ends as by kill -9, and another begins.
    mutating func restart(_ text: String, after pause: Duration = .seconds(1)) async throws {
        await database.close()
        time.pass(pause)
        time.restart()
        database = try await Self.open(folder)
        center = AlertCenter(database, clock: time.clock)
        try await center.load(try AlertFile(Bytes(text.utf8)))
        await center.hears("s", true)
    }

    func send(
        _ type: String, _ value: Double, _ labels: [String: String] = [:], owner: String = "ann", sequence: UInt64? = nil,
        ago: Duration = .zero
    ) async {
        let measurement = Measurement(
            time: time.wall.advanced(by: .zero - ago), owner: owner, script: "s.py", type: type, value: value,
            labels: labels.sorted { $0.key < $1.key }.map { Label($0.key, $0.value) })
        await center.take(
            [measurement], place: sequence.map { AnalyticsAPI.Delivery.Place(stream: "s", sequence: $0) }
        ) {}
    }

    /// Posts an alert as a program does; a time that is over ends it.
    func post(_ labels: LabelSet, ends: Timestamp?) async throws {
        try await center.post([PostedAlert(labels: labels, annotations: [:], starts: nil, ends: ends, generatorURL: nil)])
    }

    /// Lets time pass in seconds, with a round in each.
    /// - Parameter isHeard: whether the stream is listened to.
    func rounds(_ count: Int, every step: Duration = .seconds(1), isHeard: Bool = true) async {
        for _ in 0..<count {
            // However long a step is, the server is heard all the time.
            let parts = isHeard ? max(1, Int((step / .seconds(5)).rounded(.up))) : 1
            for _ in 0..<parts {
                time.pass(step / parts)
                await center.hears("s", isHeard)
            }
            await center.round()
        }
    }

    func states(_ states: Set<Alert.State> = [.firing]) async -> [String] {
        await center.statuses(states).map { $0.alert.labels["alertname"] ?? "" }
    }

    var deliveries: [AlertingCore.Delivery] {
        get async throws { try await DeliveryQueue(database).page(nil, before: nil, limit: 500).reversed() }
    }

    func end() async {
        await database.close()
        folder.remove()
    }
}

/// Who acknowledges and silences in tests.
let annsKey = Principal(subject: "key_1", owner: "usr_ann", tier: "standard", scopes: [.alertingWrite], expires: HandClock.start)

/// A rule file with one receiver for all.
func ruleFile(_ rules: String, route: String = "{receiver: ops, group_wait: 0s}", more: String = "") -> String {
    """
    version: 1
    rules:
    \(rules)
    receivers:
      - name: ops
        webhook: [{url: "http://127.0.0.1:1/hooks"}]
      - name: boss
        webhook: [{url: "http://127.0.0.1:1/hooks"}]
    route: \(route)
    \(more)
    """
}
