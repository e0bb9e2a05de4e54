import Contracts
package import Primitives

/// Reads events out of documents that anybody may have written.
package struct EventReader: Sendable {
    /// Whose events a document may hold.
    package enum Sender: Sendable, Hashable {
        /// A caller of the API, for whom they are; one who administers may name another.
        case caller(owner: String, mayNameOwners: Bool)
        /// Whoever may publish on the bus: the services and scripts of the studio itself.
        case studio
    }

    /// Whose events are that name nobody.
    package static let unnamedOwner = "studio"

    let limits: EventLimits

    package init(limits: EventLimits = EventLimits()) {
        self.limits = limits
    }

    /// Reads a document of metrics: one event or an array of them.
    /// - Returns: for each event, itself or what is wrong with it; one problem for what is no such document.
    package func metrics(in bytes: Bytes, from sender: Sender, now: Timestamp) -> [Result<Event, EventProblem>] {
        read(bytes) { (text, index) throws(EventProblem) in try metric(text, index, sender, now) }
    }

    /// Reads a document of runs likewise.
    package func runs(in bytes: Bytes, from sender: Sender, now: Timestamp) -> [Result<Event, EventProblem>] {
        read(bytes) { (text, index) throws(EventProblem) in try run(text, index, sender, now) }
    }

    /// Reads a document of metrics and runs: an event with a status is a run's.
    package func events(in bytes: Bytes, from sender: Sender, now: Timestamp) -> [Result<Event, EventProblem>] {
        read(bytes) { (text, index) throws(EventProblem) in
            text.hasMember("status", index) ? try run(text, index, sender, now) : try metric(text, index, sender, now)
        }
    }

    private func read(
        _ bytes: Bytes, _ one: (EventText, Int) throws(EventProblem) -> Event
    ) -> [Result<Event, EventProblem>] {
        let text: EventText
        do {
            text = try EventText(bytes)
        } catch {
            return [
                .failure(
                    EventProblem("invalid-json", "the text is not valid JSON: \(error.message) (byte \(error.offset))", field: ""))
            ]
        }
        guard text.kind(0) == .array else { return [Result { () throws(EventProblem) in try one(text, 0) }] }
        let places = text.elements(0)
        guard places.count <= limits.batch else {
            return [.failure(EventProblem("too-many-events", "an array holds at most \(limits.batch) events", field: ""))]
        }
        return places.enumerated().map { place, index in
            Result { () throws(EventProblem) in
                do throws(EventProblem) {
                    return try one(text, index)
                } catch {
                    throw EventProblem(
                        error.code, error.message, field: "[\(place)]" + (error.field.isEmpty ? "" : "." + error.field))
                }
            }
        }
    }

    private func metric(
        _ text: EventText, _ index: Int, _ sender: Sender, _ now: Timestamp
    ) throws(EventProblem) -> Event {
        guard text.kind(index) == .object else { throw Self.wrongType("", "an event is an object") }
        var event = Measurement(time: now, owner: "", script: "", type: "", value: .nan)
        var (owner, isTimed): (String?, Bool) = (nil, false)
        try text.forEachMember(index) { (name, value) throws(EventProblem) in
            if text.kind(value) == .null { return }
            let field = text.string(name) ?? ""
            switch MetricEvent.CodingKeys(rawValue: field) {
            case .id: event.id = try self.name(text, value, field)
            case .run: event.run = try self.name(text, value, field)
            case .script: event.script = try self.name(text, value, field)
            case .type: event.type = try type(text, value, field)
            case .value: event.value = try self.value(text, value, field)
            case .time: (event.time, isTimed) = (try time(text, value, field, now), true)
            case .owner: owner = try self.name(text, value, field)
            case .labels: event.labels = try labels(text, value, field)
            case nil: throw Self.unknown(field, MetricEvent.CodingKeys.allCases.map(\.rawValue))
            }
        }
        if event.script.isEmpty { throw Self.missing("script_name") }
        if event.type.isEmpty { throw Self.missing("metric_type") }
        if event.value.isNaN { throw Self.missing("value") }
        event.owner = try self.owner(owner, sender)
        event.isComparable = isTimed && event.id == nil && event.time.milliseconds % 1000 != 0
        return .measurement(event)
    }

    private func run(_ text: EventText, _ index: Int, _ sender: Sender, _ now: Timestamp) throws(EventProblem) -> Event {
        guard text.kind(index) == .object else { throw Self.wrongType("", "a run is an object") }
        var run = RunReport(id: "", owner: "", script: "", status: .running, started: now)
        var (owner, started, hasStatus): (String?, Timestamp?, Bool) = (nil, nil, false)
        try text.forEachMember(index) { (name, value) throws(EventProblem) in
            if text.kind(value) == .null { return }
            let field = text.string(name) ?? ""
            switch RunEvent.CodingKeys(rawValue: field) {
            case .id: run.id = try self.name(text, value, field)
            case .script: run.script = try self.name(text, value, field)
            case .status:
                guard let status = text.string(value).flatMap(RunEvent.Status.init) else {
                    let all = RunEvent.Status.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Self.wrongType(field, "status must be one of: \(all)")
                }
                (run.status, hasStatus) = (status, true)
            case .started: started = try time(text, value, field, now)
            case .ended: run.ended = try time(text, value, field, now)
            case .errorType: run.errorType = try self.name(text, value, field)
            case .error:
                guard let sentence = text.string(value) else { throw Self.wrongType(field, "error must be a text") }
                run.error = sentence.cut(to: limits.errorBytes)
            case .owner: owner = try self.name(text, value, field)
            case .labels: run.labels = try labels(text, value, field)
            case nil: throw Self.unknown(field, RunEvent.CodingKeys.allCases.map(\.rawValue))
            }
        }
        if run.id.isEmpty { throw Self.missing("id") }
        if run.script.isEmpty { throw Self.missing("script_name") }
        if !hasStatus { throw Self.missing("status") }
        run.owner = try self.owner(owner, sender)
        if run.status != .running { run.ended = run.ended ?? now }
        run.started = started ?? run.ended ?? now
        if let ended = run.ended, ended < run.started {
            throw EventProblem("out-of-range", "ended is before timestamp", field: "ended")
        }
        return .run(run)
    }
}

extension EventText {
    /// Whether an object has a member of that name.
    func hasMember(_ name: String, _ object: Int) -> Bool { member(name, object) != nil }

    /// The value of a member of an object; of several of that name the last.
    func member(_ name: String, _ object: Int) -> Int? {
        guard kind(object) == .object else { return nil }
        var found: Int?
        forEachMember(object) { place, value in
            let token = tokens[place]
            if bytes[Int(token.start)..<Int(token.end)].elementsEqual(name.utf8) { found = value }
        }
        return found
    }
}
