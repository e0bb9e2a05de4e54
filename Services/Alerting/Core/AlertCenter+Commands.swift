package import Contracts
package import Primitives

/// Why something that was asked for can not be done.
package enum AlertingError: CodedError, Equatable {
    case alertNotFound(String)
    case silenceNotFound(String)
    case heartbeatNotFound(String)
    case receiverNotFound(String)
    case deliveryNotFound(String)
    case tooMany(String, limit: Int)
    case notFiring(String)

    package var code: String {
        switch self {
        case .alertNotFound: "alert-not-found"
        case .silenceNotFound: "silence-not-found"
        case .heartbeatNotFound: "heartbeat-not-found"
        case .receiverNotFound: "receiver-not-found"
        case .deliveryNotFound: "delivery-not-found"
        case .tooMany: "too-many"
        case .notFiring: "alert-not-firing"
        }
    }

    package var message: String {
        switch self {
        case .alertNotFound(let id): "there is no alert \(id.prefix(64))"
        case .silenceNotFound(let id): "there is no silence \(id.prefix(64))"
        case .heartbeatNotFound(let name): "there is no heartbeat \(name.prefix(128))"
        case .receiverNotFound(let name): "there is no receiver \(name.prefix(128))"
        case .deliveryNotFound(let id): "there is no delivery \(id.prefix(64)), or it is not dead"
        case .tooMany(let what, let limit): "there are at most \(limit) \(what)"
        case .notFiring(let id): "the alert \(id) does not fire"
        }
    }
}

/// What people and programs ask for. Each answers when it is on disk.
extension AlertCenter {
    private static let silenceLimit = 10_000
    private static let heartbeatLimit = 1000
    private static let postedLimit = 20_000

    /// - Throws: `NotSaved` when it can not be written now; it is in force and written later.
    private func saved() async throws {
        guard await save() else { throw NotSaved() }
    }

    /// Takes the file as it is now, with its secrets, if anything of it has changed.
    package func refresh(_ files: AlertFiles) async {
        files.reloadIfChanged()
        let now = files.generation
        guard now != generation else { return }
        generation = now
        await replace(files.current)
    }

    /// Notes who cares for an alert, or with `nil` that nobody does any more.
    /// - Parameters:
    ///   - by: as whom they are shown.
    ///   - principal: who asked for it.
    package func acknowledge(_ fingerprint: String, by: String?, principal: Principal, note: String?) async throws -> Alert {
        guard var alert = alerts[fingerprint] else { throw AlertingError.alertNotFound(fingerprint) }
        guard alert.state == .firing else { throw AlertingError.notFiring(fingerprint) }
        alert.acknowledgement = by.map {
            Alert.Acknowledgement(
                by: $0, subject: principal.subject, owner: principal.owner, time: clock.wall, note: note)
        }
        alert.updated = clock.wall
        set(alert)
        try await saved()
        return alert
    }

    /// Adds a silence, or replaces the one of that identifier.
    package func add(_ silence: Silence, replacing id: String?) async throws -> Silence {
        var silence = silence
        if let id {
            guard let old = silences[id] else { throw AlertingError.silenceNotFound(id) }
            // One that has begun for others stays in the record (Alertmanager, silence/silence.go).
            if old.matchers == silence.matchers && old.state(at: clock.wall) != .expired {
                silence.id = id
            } else {
                _ = try await expire(silence: id)
            }
        } else if silences.count >= Self.silenceLimit {
            throw AlertingError.tooMany("silences", limit: Self.silenceLimit)
        }
        silences[silence.id] = silence
        unsaved.silences[silence.id] = silence
        try await saved()
        return silence
    }

    /// Ends a silence now.
    package func expire(silence id: String) async throws -> Silence {
        guard var silence = silences[id] else { throw AlertingError.silenceNotFound(id) }
        let wall = clock.wall
        if silence.ends > wall {
            (silence.ends, silence.updated) = (wall, wall)
            silence.starts = min(silence.starts, wall)
            silences[id] = silence
            unsaved.silences[id] = silence
        }
        try await saved()
        return silence
    }

    /// Takes alerts that a program tells of; those that have ended, or are not told again in time, end.
    package func post(_ posted: [PostedAlert]) async throws {
        let wall = clock.wall
        // What has ended is kept for a while, and longer where its end is to be told after a silence: it is in nobody's way.
        var open = alerts.values.count { $0.state != .resolved }
        for one in posted {
            let fingerprint = one.labels.fingerprint
            let known = alerts[fingerprint].flatMap { $0.state == .resolved ? nil : $0 }
            let ends = one.ends ?? wall.advanced(by: .minutes(5))
            // What the studio itself has found is not for others to end; what it only suspects, they may know.
            if let known, known.source != .api, known.state == .firing || ends <= wall { continue }
            guard ends > wall else {
                if known != nil { open -= 1 }
                end(fingerprint)
                continue
            }
            var alert = known?.source == .api ? known : nil
            if alert == nil {
                guard open < Self.postedLimit else { throw AlertingError.tooMany("alerts", limit: Self.postedLimit) }
                guard alerts[fingerprint] != nil || makeRoom() else {
                    throw AlertingError.tooMany("alerts", limit: mostAlerts)
                }
                if known == nil { open += 1 }
                alert = Alert(
                    labels: one.labels, annotations: one.annotations, state: .firing, source: .api, value: nil,
                    time: one.starts.map { min($0, wall) } ?? wall)
                alert?.fired = wall
            }
            guard var alert else { continue }
            (alert.annotations, alert.expires, alert.updated) = (one.annotations, ends, wall)
            alert.generatorURL = one.generatorURL
            set(alert)
        }
        dispatch(clock.now)
        try await saved()
    }

    /// Makes a heartbeat or changes it; that counts as a beat.
    package func set(_ heartbeat: Heartbeat) async throws -> Heartbeat {
        if heartbeats[heartbeat.name] == nil, heartbeats.count >= Self.heartbeatLimit {
            throw AlertingError.tooMany("heartbeats", limit: Self.heartbeatLimit)
        }
        if let old = heartbeats[heartbeat.name], old.severity != heartbeat.severity { end(old.labels.fingerprint) }
        var heartbeat = heartbeat
        heartbeat.count = heartbeats[heartbeat.name]?.count ?? 0
        heartbeats[heartbeat.name] = heartbeat
        return try await beat(heartbeat.name)
    }

    /// Takes a sign of life.
    package func beat(_ name: String) async throws -> Heartbeat {
        guard var beat = heartbeats[name] else { throw AlertingError.heartbeatNotFound(name) }
        (beat.last, beat.isMissing, beat.count) = (clock.now, false, beat.count + 1)
        keep(beat)
        end(beat.labels.fingerprint)
        try await saved()
        return shown(beat)
    }

    package func remove(heartbeat name: String) async throws {
        guard let beat = heartbeats.removeValue(forKey: name) else { throw AlertingError.heartbeatNotFound(name) }
        unsaved.heartbeats[name] = .some(nil)
        end(beat.labels.fingerprint)
        try await saved()
    }

    package var allHeartbeats: [Heartbeat] { heartbeats.values.sorted { $0.name < $1.name }.map(shown) }

    private func shown(_ beat: Heartbeat) -> Heartbeat {
        var beat = beat
        beat.last = beat.last.map(clock.wall(of:))
        return beat
    }

    /// Sends every channel of a receiver a test message.
    /// - Returns: the deliveries, to be looked after.
    package func test(_ name: String) async throws -> [Delivery] {
        guard let receiver = file.receivers.first(where: { $0.name == name }) else { throw AlertingError.receiverNotFound(name) }
        let now = clock.wall
        let alert = Alert(
            labels: ["alertname": "Test", "severity": "info"],
            annotations: ["summary": "This is a test: somebody wanted to know whether messages arrive here."], state: .firing,
            source: .test, value: nil, time: now)
        var notification = Notification(
            receiver: name, groupKey: "test:\(Identifier.make("t"))", groupLabels: ["alertname": "Test"], alerts: [alert],
            time: now,
            url: url)
        notification.kind = .test
        let deliveries = receiver.channels.indices.map { Delivery(notification, channel: $0, of: receiver, now: now) }
        unsaved.deliveries += deliveries
        try await saved()
        return deliveries
    }
}

/// What was asked for holds, but is not on disk yet.
package struct NotSaved: CodedError {
    package var code: String { "not-saved" }
    package var message: String { "this can not be written to disk now" }
    package var isRetriable: Bool { true }
}

/// An alert as a program tells of it.
package struct PostedAlert: Sendable {
    let labels: LabelSet
    let annotations: LabelSet
    let starts: Timestamp?
    let ends: Timestamp?
    let generatorURL: String?

    package init(labels: LabelSet, annotations: LabelSet, starts: Timestamp?, ends: Timestamp?, generatorURL: String?) {
        (self.labels, self.annotations, self.starts, self.ends) = (labels, annotations, starts, ends)
        self.generatorURL = generatorURL
    }
}
