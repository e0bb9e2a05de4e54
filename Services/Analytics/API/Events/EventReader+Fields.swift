import Primitives

/// The checks of an event's fields.
extension EventReader {
    func name(_ text: EventText, _ value: Int, _ field: String) throws(EventProblem) -> String {
        // Before the text is copied: it may be of any length.
        guard text.length(value) <= limits.nameBytes * 6 else { throw tooLong(field, limits.nameBytes) }
        guard let name = text.string(value) else { throw Self.wrongType(field, "\(field) must be a text") }
        guard name.utf8.count <= limits.nameBytes else { throw tooLong(field, limits.nameBytes) }
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw EventProblem("invalid-name", "\(field) must not be empty or hold control characters", field: field)
        }
        return name
    }

    /// Types are words, so that they can be columns and labels elsewhere.
    func type(_ text: EventText, _ value: Int, _ field: String) throws(EventProblem) -> String {
        let name = try name(text, value, field)
        let isWord = name.utf8.allSatisfy { byte in
            byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "_.-:/".utf8.contains(byte)
        }
        guard isWord else {
            throw EventProblem("invalid-name", "\(field) may hold letters, digits and _ . - : /", field: field)
        }
        return name
    }

    func value(_ text: EventText, _ value: Int, _ field: String) throws(EventProblem) -> Double {
        guard [.integer, .number].contains(text.kind(value)) else { throw Self.wrongType(field, "\(field) must be a number") }
        guard let number = text.number(value), abs(number) <= limits.magnitude else {
            throw EventProblem("out-of-range", "\(field) must be between -1e12 and 1e12", field: field)
        }
        return number
    }

    func time(_ text: EventText, _ value: Int, _ field: String, _ now: Timestamp) throws(EventProblem) -> Timestamp {
        guard let time = text.time(value) else {
            throw Self.wrongType(field, "\(field) must be seconds since 1970 or a time like 2026-11-21T05:00:00.000Z")
        }
        guard time.milliseconds <= now.milliseconds + limits.ahead.milliseconds else {
            throw EventProblem("time-in-future", "\(field) is more than 10 minutes ahead of this machine's clock", field: field)
        }
        guard time.milliseconds >= now.milliseconds - limits.age.milliseconds else {
            throw EventProblem("time-too-old", "\(field) is more than 400 days ago", field: field)
        }
        return time
    }

    func labels(_ text: EventText, _ value: Int, _ field: String) throws(EventProblem) -> [Label] {
        guard text.kind(value) == .object else { throw Self.wrongType(field, "\(field) must be an object of texts") }
        var labels: [Label] = []
        try text.forEachMember(value) { (name, content) throws(EventProblem) in
            guard labels.count < limits.labelCount else {
                throw EventProblem("too-many-labels", "an event has at most \(limits.labelCount) labels", field: field)
            }
            guard text.length(name) <= limits.labelNameBytes else {
                throw EventProblem("label-too-long", "a label's name has at most \(limits.labelNameBytes) bytes", field: field)
            }
            guard text.length(content) <= limits.labelValueBytes else {
                throw EventProblem("label-too-long", "a label's value has at most \(limits.labelValueBytes) bytes", field: field)
            }
            guard let name = text.string(name), let content = text.string(content) else {
                throw Self.wrongType(field, "\(field) must be an object of texts")
            }
            labels.removeAll { $0.name == name }
            labels.append(Label(name, content))
        }
        return labels.sorted { $0.name < $1.name }
    }

    func owner(_ named: String?, _ sender: Sender) throws(EventProblem) -> String {
        switch sender {
        case .studio: return named ?? Self.unnamedOwner
        case .caller(let owner, let mayNameOwners):
            guard let named, named != owner else { return owner }
            guard mayNameOwners else {
                throw EventProblem("owner-not-yours", "only an administrator may name another owner", field: "owner")
            }
            return named
        }
    }

    private func tooLong(_ field: String, _ limit: Int) -> EventProblem {
        EventProblem("name-too-long", "\(field) has at most \(limit) bytes", field: field)
    }

    static func wrongType(_ field: String, _ message: String) -> EventProblem {
        EventProblem("wrong-type", message, field: field)
    }

    static func missing(_ field: String) -> EventProblem {
        EventProblem("missing-field", "\(field) is missing", field: field)
    }

    static func unknown(_ field: String, _ known: [String]) -> EventProblem {
        let name = field.cut(to: 64)
        return EventProblem(
            "unknown-field", "there is no field \(name); the fields are: \(known.sorted().joined(separator: ", "))", field: name)
    }
}

extension String {
    /// The text, or as many of its characters as fit into so many bytes.
    package func cut(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var (rest, size) = (self[...], utf8.count)
        while size > limit, let last = rest.popLast() { size -= last.utf8.count }
        return String(rest)
    }
}
