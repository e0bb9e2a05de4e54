import Contracts
import Persistence
import Primitives

extension AlertCenter {
    func apply(_ change: Evaluator.Change) {
        let fingerprint = change.labels.fingerprint
        let threshold = change.rule.definition.kind.bound?.limit
        let annotations = change.rule.annotations.mapValues {
            $0.filled(value: change.value, threshold: threshold, labels: change.labels)
        }
        let known = alerts[fingerprint].flatMap { $0.state == .resolved ? nil : $0 }
        switch change.step {
        // A program may have told of one with the same labels: that is its own.
        case .ended: if alerts[fingerprint]?.source == .rule { end(fingerprint) }
        case .updated:
            alerts[fingerprint]?.value = change.value
            alerts[fingerprint]?.annotations = annotations
        case .pending(let since), .firing(let since):
            let isFiring = if case .firing = change.step { true } else { false }
            var alert =
                known
                ?? Alert(
                    labels: change.labels, annotations: annotations, state: .pending, source: .rule, value: change.value,
                    time: clock.wall(of: Timestamp(milliseconds: since)))
            if isFiring, alert.source == .api { (alert.source, alert.expires, alert.generatorURL) = (.rule, nil, nil) }
            // It fired already when this process began.
            guard alert.state != .firing || alert.source != known?.source else { return }
            (alert.value, alert.annotations, alert.updated) = (change.value, annotations, clock.wall)
            if isFiring { (alert.state, alert.fired) = (.firing, clock.wall) }
            set(alert)
        }
    }

    /// Takes an alert as it is now.
    func set(_ alert: Alert) {
        let before = alerts[alert.fingerprint]?.state
        alerts[alert.fingerprint] = alert
        unsaved.alerts[alert.fingerprint] = alert
        watchers.tell(alert)
        guard alert.state != .pending else { return }
        addToGroups(alert)
        if before != alert.state { publish(alert) }
    }

    /// An alert holds no longer.
    func end(_ fingerprint: String) {
        guard var alert = alerts[fingerprint], alert.state != .resolved else { return }
        if alert.state == .pending {
            alerts[fingerprint] = nil
            unsaved.alerts[fingerprint] = .some(nil)
            (alert.state, alert.ended) = (.resolved, clock.wall)
            watchers.tell(alert)
            return
        }
        (alert.state, alert.ended, alert.updated) = (.resolved, clock.wall, clock.wall)
        set(alert)
    }

    private func publish(_ alert: Alert) {
        let isFiring = alert.state == .firing
        let event = CloudEvent(
            type: isFiring ? AlertEvent.firing : AlertEvent.resolved, source: "/alerting", subject: alert.fingerprint,
            data: AlertEvent(
                fingerprint: alert.fingerprint, labels: alert.labels, annotations: alert.annotations,
                value: alert.value.flatMap { $0.isFinite ? $0 : nil }, started: alert.started, ended: alert.ended))
        do {
            unsaved.events.append(
                OutboxMessage(
                    id: event.id, subject: Subjects.event(service: "alert", isFiring ? "firing" : "resolved"),
                    payload: try JSON.encode(event)))
        } catch {
            Self.log.error("an event can not be written", ["error": .string("\(error)")])
        }
    }

    /// Alerts that programs have told end when they are not told again.
    func expireAlerts() {
        let wall = clock.wall
        for alert in alerts.values where alert.state == .firing && alert.source == .api {
            if let expires = alert.expires, expires <= wall { end(alert.fingerprint) }
        }
    }

    /// Lets go of what ended a day ago and is not to be told any more, and of silences that did five days ago (as Alertmanager keeps them).
    func purge() {
        let wall = clock.wall
        letGo(over.filter { alert in alert.ended.map { wall.duration(since: $0) > .hours(24) } ?? false })
        for silence in silences.values where wall.duration(since: silence.ends) > .hours(120) {
            silences[silence.id] = nil
            unsaved.silences[silence.id] = .some(nil)
        }
    }

    /// Alerts that have ended, and of whose end nobody is to be told any more.
    private var over: [Alert] {
        let waiting = dispatcher.waiting
        return alerts.values.filter { $0.state == .resolved && !waiting.contains($0.fingerprint) }
    }

    private func letGo(_ alerts: some Sequence<Alert>) {
        let gone = Set(alerts.map(\.fingerprint))
        for fingerprint in gone {
            self.alerts[fingerprint] = nil
            unsaved.alerts[fingerprint] = .some(nil)
        }
        dispatcher.forget(gone)
    }

    /// Lets go of what ended first where no further alert can be kept; of a tenth, so that this is done seldom.
    /// - Returns: false when there is no room: what is kept fires, or its end is to be told.
    func makeRoom() -> Bool {
        guard alerts.count >= mostAlerts else { return true }
        let oldest = over.sorted { ($0.ended ?? $0.updated, $0.fingerprint) < ($1.ended ?? $1.updated, $1.fingerprint) }
        letGo(oldest.prefix(alerts.count - mostAlerts + max(1, mostAlerts / 10)))
        return alerts.count < mostAlerts
    }

    func checkHeartbeats(_ now: Timestamp) {
        for var beat in heartbeats.values where !beat.isMissing {
            guard let last = beat.last, now.duration(since: last) > .seconds(beat.period + beat.grace) else { continue }
            beat.isMissing = true
            keep(beat)
            var alert = Alert(
                labels: beat.labels,
                annotations: [
                    "summary": "\(beat.name) has not given a sign of life for "
                        + TimeSpan.text(.seconds(now.duration(since: last).seconds.rounded()))
                ], state: .firing, source: .heartbeat, value: now.duration(since: last).seconds, time: clock.wall(of: last))
            alert.fired = clock.wall
            set(alert)
        }
    }

    /// Keeps a heartbeat; on disk with the system's time.
    func keep(_ beat: Heartbeat) {
        heartbeats[beat.name] = beat
        var saved = beat
        saved.last = beat.last.map(clock.wall(of:))
        unsaved.heartbeats[beat.name] = saved
    }

    /// Writes down the reports that are due; one that was missed while nobody was there is made up for once.
    func orderReports() {
        let wall = clock.wall
        for report in file.reports {
            let due = report.lastDue(at: wall)
            guard let last = reports[report.name], last <= wall else {
                // A new one begins with its next time, as does one that a clock was ahead of.
                reports[report.name] = due
                unsaved.reports[report.name] = due
                continue
            }
            guard due > last else { continue }
            reports[report.name] = due
            unsaved.reports[report.name] = due
            var notification = Notification(
                receiver: report.receiver, groupKey: "report:\(report.name)", groupLabels: [:], alerts: [], time: wall, url: url)
            (notification.kind, notification.report) = (.report, report.name)
            // Frozen: an attempt of tomorrow is about the same days.
            let period = report.period(dueAt: due)
            (notification.from, notification.until) = (period.lowerBound, period.upperBound)
            deliver(notification, mailOnly: true)
        }
    }
}
