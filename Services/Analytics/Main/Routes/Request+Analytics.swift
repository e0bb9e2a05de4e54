import AnalyticsCore
import Contracts
import HTTP
import HTTPServer
import Primitives

extension Request {
    /// A whole number of the query.
    func integer(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
        guard let text = query[name] else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw Problem(
                status: .badRequest, code: "out-of-range", "\(name) must be between \(range.lowerBound) and \(range.upperBound)",
                field: name)
        }
        return number
    }

    /// One of several words of the query.
    /// - Returns: `nil` when it is not given.
    func choice<Word: RawRepresentable & CaseIterable>(_ name: String, _ type: Word.Type) throws -> Word?
    where Word.RawValue == String {
        guard let text = query[name] else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(status: .badRequest, code: "out-of-range", "\(name) must be one of: \(words)", field: name)
        }
        return word
    }

    /// A moment of the query, ISO-8601 or a day alone.
    func time(_ name: String) throws -> Timestamp? {
        guard let text = query[name] else { return nil }
        guard let time = Timestamp(iso8601: text) ?? Timestamp(iso8601: text + "T00:00:00Z") else {
            throw Problem(
                status: .badRequest, code: "wrong-type", "\(name) must be a time like 2026-11-21T05:00:00Z or a day", field: name)
        }
        return time
    }

    /// Where the page before has ended.
    func cursor() throws -> RowCursor? {
        guard let text = query["before"] else { return nil }
        guard let cursor = RowCursor(text) else {
            throw Problem(status: .badRequest, code: "wrong-type", "before must be the next of a page", field: "before")
        }
        return cursor
    }

    /// The days that are asked for, up to today: `days`, 1 to 400.
    func days(default standard: Int = 30) throws -> Period {
        Period.days(try integer("days", in: 1...400, default: standard), until: .now())
    }
}

extension Principal {
    /// Whose rows they see: their own, or with administration everybody's or those of the one they name.
    func viewer(_ request: Request) throws -> Viewer {
        let named = request.query["owner"]
        if isAdministrator { return named.map(Viewer.owner) ?? .everyone }
        guard named == nil || named == owner else {
            throw Problem(status: .forbidden, code: "owner-not-yours", "only an administrator sees another owner's", field: "owner")
        }
        return .owner(owner)
    }
}
