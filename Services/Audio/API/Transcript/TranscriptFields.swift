import Primitives

/// Reads the members of one object of a transcript document, naming the path of what does not fit.
struct TranscriptFields {
    /// Seconds; no recording lasts four months. Beyond, times would not fit where they are counted in samples.
    static let longest = 1e7
    private let members: [String: JSONValue]
    private let path: String

    init(_ value: JSONValue, path: String = "") throws(TranscriptError) {
        guard let members = value.objectValue else { throw TranscriptError(path: path, problem: "must be an object") }
        (self.members, self.path) = (members, path)
    }

    func optionalText(_ key: String) throws(TranscriptError) -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.stringValue else { throw failure(key, "must be text") }
        return text
    }

    func text(_ key: String) throws(TranscriptError) -> String {
        guard let text = try optionalText(key) else { throw failure(key, "is missing") }
        return text
    }

    func optionalNumber(_ key: String) throws(TranscriptError) -> Double? {
        guard let value = present(key) else { return nil }
        guard let number = value.doubleValue, number.isFinite else { throw failure(key, "must be a number") }
        return number
    }

    func fraction(_ key: String) throws(TranscriptError) -> Double? {
        let number = try optionalNumber(key)
        if let number, !(0...1).contains(number) { throw failure(key, "must be between 0 and 1") }
        return number
    }

    /// A time or length in seconds.
    func seconds(_ key: String) throws(TranscriptError) -> Double {
        guard let number = try optionalNumber(key) else { throw failure(key, "is missing") }
        guard (0...Self.longest).contains(number) else {
            throw failure(key, number < 0 ? "must not be negative" : "must be at most \(Int(Self.longest)) s")
        }
        return number
    }

    /// `start_seconds` and `end_seconds`.
    func span() throws(TranscriptError) -> (start: Double, end: Double) {
        let (start, end) = (try seconds("start_seconds"), try seconds("end_seconds"))
        guard start <= end else { throw failure("end_seconds", "must not lie before start_seconds") }
        return (start, end)
    }

    func count(_ key: String) throws(TranscriptError) -> Int {
        guard let value = present(key) else { return 0 }
        guard let number = value.integerValue, let count = Int(exactly: number), count >= 0 else {
            throw failure(key, "must be a whole number, 0 or more")
        }
        return count
    }

    func flag(_ key: String, default value: Bool) throws(TranscriptError) -> Bool {
        guard let found = present(key) else { return value }
        guard let flag = found.boolValue else { throw failure(key, "must be true or false") }
        return flag
    }

    /// The elements of a list, each with its path; none when the member is missing.
    func list(_ key: String) throws(TranscriptError) -> [(value: JSONValue, path: String)] {
        guard let value = present(key) else { return [] }
        guard let elements = value.arrayValue else { throw failure(key, "must be a list") }
        return elements.enumerated().map { ($1, "\(place(key)).\($0)") }
    }

    private func present(_ key: String) -> JSONValue? {
        guard let value = members[key], value != .null else { return nil }
        return value
    }

    private func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func failure(_ key: String, _ problem: String) -> TranscriptError {
        TranscriptError(path: place(key), problem: problem)
    }
}
