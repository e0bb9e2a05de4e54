import Primitives

/// Reads the members of one object of a timeline, naming the path of what does not fit.
struct CompositionFields {
    let path: String
    private let members: [String: JSONValue]

    /// - Parameter known: every member that there may be.
    /// - Throws: `CompositionError`, also for a member that is not known.
    init(_ value: JSONValue, path: String = "", known: [String]) throws(CompositionError) {
        guard let members = value.objectValue else { throw CompositionError(path, "must be an object") }
        (self.members, self.path) = (members, path)
        if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw failure(unknown, "is not known; there are: \(known.joined(separator: ", "))")
        }
    }

    func has(_ key: String) -> Bool { members[key].map { $0 != .null } ?? false }

    func number(_ key: String, in range: ClosedRange<Double>) throws(CompositionError) -> Double? {
        guard let value = present(key) else { return nil }
        guard let number = value.doubleValue, number.isFinite else { throw failure(key, "must be a number") }
        guard range.contains(number) else {
            throw failure(
                key, "must be from \(Self.plain(range.lowerBound)) to \(Self.plain(range.upperBound)), not \(Self.plain(number))")
        }
        return number
    }

    func text(_ key: String) throws(CompositionError) -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.stringValue, !text.isEmpty else { throw failure(key, "must be text") }
        return text
    }

    func flag(_ key: String) throws(CompositionError) -> Bool {
        guard let value = present(key) else { return false }
        guard let flag = value.boolValue else { throw failure(key, "must be true or false") }
        return flag
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, _: Choice.Type) throws(CompositionError) -> Choice?
    {
        guard let name = try text(key) else { return nil }
        guard let choice = Choice(rawValue: name) else {
            throw failure(key, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    func object(_ key: String) -> (value: JSONValue, path: String)? { present(key).map { ($0, place(key)) } }

    func list(_ key: String, most: Int) throws(CompositionError) -> [(value: JSONValue, path: String)] {
        guard let value = present(key) else { return [] }
        guard let elements = value.arrayValue else { throw failure(key, "must be a list") }
        guard elements.count <= most else { throw failure(key, "has \(elements.count) entries, and at most \(most) are taken") }
        return elements.enumerated().map { ($1, "\(place(key)).\($0)") }
    }

    func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func failure(_ key: String, _ problem: String) -> CompositionError { CompositionError(place(key), problem) }

    private func present(_ key: String) -> JSONValue? { members[key].flatMap { $0 == .null ? nil : $0 } }

    private static func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number.rounded(decimals: 4))"
    }
}
