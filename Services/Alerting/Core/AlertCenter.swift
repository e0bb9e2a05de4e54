package import AnalyticsAPI
package import Persistence
package import Primitives

/// Keeps what is known of alerts, judges rules in rounds and orders what is to be told.
///
/// What changes is changed in memory first and written in one transaction; what could not be written is written with the next.
/// A measurement's message is acknowledged when the windows that it went into are on disk, so that the windows of the process
/// after this one are exactly these, however this one ends.
package actor AlertCenter {
    static let log = Log("alerting")
    let database: Database
    package nonisolated let clock: SteadyClock
    package nonisolated let watchers = AlertWatchers()
    /// Told when there is something to deliver.
    package nonisolated let ordered = BoundedChannel<Void>(capacity: 1)
    let url: String?
    /// Alerts that are kept at most, with those that have ended.
    let mostAlerts: Int
    var file = AlertFile() { didSet { knownMutes = nil } }
    /// Of the file in use.
    var generation = 0
    var evaluator: Evaluator
    var dispatcher = Dispatcher()
    var alerts: [String: Alert] = [:] { didSet { knownMutes = nil } }
    var silences: [String: Silence] = [:] { didSet { knownMutes = nil } }
    /// What keeps alerts quiet, until something of it changes.
    var knownMutes: (index: MuteIndex, from: Timestamp, until: Timestamp?)?
    var heartbeats: [String: Heartbeat] = [:]
    var reports: [String: Timestamp] = [:]
    var unsaved = Unsaved()
    private var places: [String: SequenceRanges] = [:]
    private var changedPlaces: Set<String> = []
    private var acknowledgements: [@Sendable () async -> Void] = []
    /// When the streams were listened to, on the even clock.
    private(set) var hearing = Hearing()
    private var hearingSaved: Int64 = 0
    /// From the even to the system's time, as what is on disk was written with.
    private var clockDistance = Duration.zero
    private var nextSave = ContinuousClock.now
    /// Those who are to be forgotten.
    var erasures: [PendingErasure] = []
    private var saving: Task<Bool, Never>?
    private var rulesWithTooMany: Set<String> = []
    private var nextCompaction: Timestamp
    /// What it has done, for metrics.
    package nonisolated let figures = FigureBoard()

    /// - Parameters:
    ///   - database: with `AlertingSchema.migrations`.
    ///   - url: where people see alerts; named in messages.
    ///   - mostAlerts: that are kept, with those that have ended; those of rules and heartbeats may be more.
    package init(
        _ database: Database, clock: SteadyClock = SteadyClock(), limits: Evaluator.Limits = .init(), url: String? = nil,
        mostAlerts: Int = 100_000
    ) {
        (self.database, self.clock, self.url, self.mostAlerts) = (database, clock, url, mostAlerts)
        evaluator = Evaluator(limits: limits)
        nextCompaction = clock.now.advanced(by: .minutes(10))
    }

    /// Reads what an earlier process has left; first of all, and once.
    package func load(_ file: AlertFile) async throws {
        let now = clock.now
        let (rows, places, told, last, memory) = try await database.read { connection in
            (
                try connection.query("SELECT * FROM window") { try WindowRow($0) }.compactMap(\.self),
                try connection.query("SELECT stream, ranges FROM place") { (try $0.text("stream"), try $0.text("ranges")) },
                try Unsaved.read("notified", "id", on: connection) as [String: Dispatcher.Told],
                try connection.query("SELECT name, last FROM report") { (try $0.text("name"), try $0.timestamp("last")) },
                try connection.first("SELECT document FROM hearing") {
                    try JSON.decode(Hearing.Memory.self, from: Bytes(try $0.text("document").utf8))
                }
            )
        }
        alerts = try await database.read { try Unsaved.read("alert", "fingerprint", on: $0) }
        silences = try await database.read { try Unsaved.read("silence", "id", on: $0) }
        heartbeats = try await database.read { try Unsaved.read("heartbeat", "name", on: $0) }
        reports = Dictionary(uniqueKeysWithValues: last)
        self.places = Dictionary(uniqueKeysWithValues: places.map { ($0.0, SequenceRanges($0.1)) })
        // What was written by a clock that was ahead counts as of now.
        let wall = clock.wall
        for (fingerprint, alert) in alerts where alert.updated > wall {
            move(fingerprint, by: wall.duration(since: alert.updated))
        }
        dispatcher = Dispatcher(
            told: told.mapValues {
                Dispatcher.Told(firing: $0.firing, resolved: $0.resolved, time: min(clock.even(of: $0.time), now))
            })
        self.file = file
        evaluator.replace(file.rules, now: now.milliseconds)
        hearing = Hearing(memory, now: now.milliseconds)
        evaluator.restore(rows, now: now.milliseconds, lastSaved: memory?.time)
        // A beat that came while nobody was there is not missing: it may come once more.
        for (name, beat) in heartbeats { heartbeats[name]?.last = beat.isMissing ? beat.last.map { min($0, now) } : now }
        route()
        endOrphans()
    }

    /// Takes other rules, receivers and routes.
    package func replace(_ file: AlertFile) async {
        evaluator.replace(file.rules, now: clock.now.milliseconds)
        let routes = (self.file.route, self.file.receivers)
        self.file = file
        if routes != (file.route, file.receivers) {
            dispatcher.reset()
            route()
        }
        endOrphans()
        await save()
    }

    private func route() {
        for alert in alerts.values where alert.state != .pending { addToGroups(alert) }
        unsaved.add(dispatcher.settle(alerts))
    }

    func addToGroups(_ alert: Alert) {
        let now = clock.now
        dispatcher.add(alert, route: file.route, now: now, since: alert.fired.map(clock.even(of:)) ?? now)
    }

    private func move(_ fingerprint: String, by distance: Duration) {
        guard let alert = alerts[fingerprint]?.moved(by: distance) else { return }
        alerts[fingerprint] = alert
        unsaved.alerts[fingerprint] = alert
    }

    /// Notices that somebody has set the system's clock: what is on disk is of no use for the next process then.
    private func noticeClock() {
        let distance = clock.wall.duration(since: clock.now)
        guard abs((distance - clockDistance) / .seconds(1)) > 1 else { return }
        for fingerprint in alerts.keys { move(fingerprint, by: distance - clockDistance) }
        clockDistance = distance
        evaluator.markAllUnsaved()
        dispatcher.markAllUnsaved()
        for beat in heartbeats.values { keep(beat) }
        hearingSaved = 0
        nextSave = .now
    }

    /// Alerts of rules that are gone, or have other labels now, have ended.
    private func endOrphans() {
        let active = evaluator.activeFingerprints
        for alert in alerts.values where alert.source == .rule && alert.state != .resolved && !active.contains(alert.fingerprint) {
            end(alert.fingerprint)
        }
    }

    /// Takes the measurements of one message.
    /// - Parameters:
    ///   - place: of the message in its stream, so that one that comes again counts once.
    ///   - acknowledge: is called when all of it is on disk.
    package func take(
        _ measurements: [Measurement], place: AnalyticsAPI.Delivery.Place?, acknowledge: @escaping @Sendable () async -> Void
    ) {
        guard let place else {
            acknowledgements.append(acknowledge)
            return take(measurements)
        }
        finish(place, acknowledge) { take(measurements) }
    }

    /// Notes a message's place and does what it asks for, unless that was done before.
    /// - Parameter acknowledge: is called when all of it is on disk.
    func finish(
        _ place: AnalyticsAPI.Delivery.Place, _ acknowledge: @escaping @Sendable () async -> Void, _ body: () -> Void
    ) {
        acknowledgements.append(acknowledge)
        guard places[place.stream, default: SequenceRanges()].insert(place.sequence) else { return }
        changedPlaces.insert(place.stream)
        body()
    }

    private func take(_ measurements: [Measurement]) {
        let (now, wall) = (clock.now.milliseconds, clock.wall.milliseconds)
        let began = FigureBoard.cpuSeconds()
        for measurement in measurements {
            // By its age, so that nothing moves when somebody sets the system's clock.
            evaluator.take(measurement, at: now - max(0, wall - measurement.time.milliseconds), now: now)
        }
        let seconds = FigureBoard.cpuSeconds() - began
        figures.change { figures in
            figures.measurements += measurements.count
            figures.cpuSeconds += seconds
        }
    }

    /// Notes whether a stream is listened to.
    /// - Parameter isHeard: the server has just said that nothing of it waits; else that it can not be heard.
    package func hears(_ stream: String, _ isHeard: Bool) {
        if isHeard { hearing.confirm(stream, now: clock.now.milliseconds) } else { hearing.lose(stream) }
    }

    /// Judges everything once, orders what is to be told, and writes what has changed.
    package func round() async {
        let now = clock.now
        noticeClock()
        let began = FigureBoard.cpuSeconds()
        var changes = evaluator.round(now: now.milliseconds, hearing: hearing)
        if now >= nextCompaction {
            nextCompaction = now.advanced(by: .minutes(10))
            changes += evaluator.compact(now: now.milliseconds)
            purge()
        }
        let seconds = FigureBoard.cpuSeconds() - began
        let (series, groups) = (evaluator.seriesCount, evaluator.groupCount)
        let turnedAway = evaluator.turnedAway
        if turnedAway > figures.current.turnedAway { tellOfTooMany() }
        figures.change { figures in
            figures.rounds += 1
            figures.cpuSeconds += seconds
            (figures.series, figures.groups, figures.turnedAway) = (series, groups, turnedAway)
        }
        for change in changes { apply(change) }
        checkHeartbeats(now)
        expireAlerts()
        applyErasures()
        orderReports()
        dispatch(now)
        await save()
    }

    /// Says once of each rule that it does not watch all groups.
    private func tellOfTooMany() {
        for program in evaluator.programs where program.turnedAway > 0 {
            guard rulesWithTooMany.insert(program.rule.name).inserted else { continue }
            Self.log.warning("a rule has more groups than are watched", ["rule": .string(program.rule.name)])
        }
    }

    func dispatch(_ now: Timestamp) {
        let orders = dispatcher.due(
            now: now, wall: clock.wall, alerts: alerts,
            mutes: { mutes }, url: url)
        for order in orders { deliver(order.notification) }
    }

    /// Writes down a notification for every channel of its receiver.
    func deliver(_ notification: Notification, mailOnly: Bool = false) {
        guard let receiver = file.receivers.first(where: { $0.name == notification.receiver }) else { return }
        for channel in receiver.channels.indices where !mailOnly || receiver.channels[channel].kind == "email" {
            unsaved.deliveries.append(Delivery(notification, channel: channel, of: receiver, now: clock.wall))
        }
    }

    /// Writes what differs from what is on disk, and acknowledges what has led to it.
    /// One after the other: what a failed one puts back must not come after what is newer.
    @discardableResult
    package func save(force: Bool = false) async -> Bool {
        while let running = saving { _ = await running.value }
        let task = Task {
            let isSaved = await write(force: force)
            saving = nil
            return isSaved
        }
        saving = task
        return await task.value
    }

    private func write(force: Bool) async -> Bool {
        for id in dispatcher.takeUnsaved() {
            unsaved.told[id] = .some(
                dispatcher.told[id].map {
                    Dispatcher.Told(firing: $0.firing, resolved: $0.resolved, time: clock.wall(of: $0.time))
                })
        }
        var done: [@Sendable () async -> Void] = []
        // An alert goes to disk together with the windows that it comes from, or the next process would end it.
        let withWindows = force || ContinuousClock.now >= nextSave || !unsaved.alerts.isEmpty
        if withWindows {
            let (now, offset) = (clock.now.milliseconds, clock.wall.milliseconds - clock.now.milliseconds)
            if now - hearingSaved >= Hearing.patience / 2 || force, let memory = hearing.memory(now: now, offset: offset) {
                (unsaved.hearing, hearingSaved) = (memory, now)
            }
            let (rows, gone) = evaluator.takeUnsaved(offset: offset)
            unsaved.windows += rows
            unsaved.goneWindows += gone
            for stream in changedPlaces { unsaved.places[stream] = places[stream] }
            changedPlaces = []
            swap(&done, &acknowledgements)
        }
        guard !unsaved.isEmpty else {
            for acknowledge in done { await acknowledge() }
            return true
        }
        let writing = unsaved
        unsaved = Unsaved()
        let began = ContinuousClock.now
        do {
            try await database.write { try writing.write(on: $0) }
        } catch {
            Self.log.warning("what has changed can not be written and will be later", ["error": .string("\(error)")])
            unsaved.putBack(writing)
            acknowledgements = done + acknowledgements
            return false
        }
        // Many windows are written less often: what costs long must not be done all the time.
        if withWindows { nextSave = ContinuousClock.now.advanced(by: began.duration(to: .now) * 10) }
        if !writing.deliveries.isEmpty { _ = ordered.trySend(()) }
        for acknowledge in done { await acknowledge() }
        return true
    }
}
