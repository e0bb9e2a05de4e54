import AlertingCore
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// Everything the alerting answers.
struct AlertingRoutes: Sendable {
    let center: AlertCenter
    let files: AlertFiles
    let queue: DeliveryQueue
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.translateErrors { error in
            switch error {
            case let error as AlertingError: Problem(status: Self.status(error), code: error.code, error.message)
            case let error as SilenceError:
                Problem(status: .unprocessableContent, code: error.code, error.message, field: error.field)
            case let error as MatcherError: Problem(status: .unprocessableContent, code: error.code, error.message)
            default: Problem(error)
            }
        }
        AlertRoutes(center: center, authenticator: authenticator).add(to: &router)
        SilenceRoutes(center: center, authenticator: authenticator).add(to: &router)
        ReceiverRoutes(center: center, files: files, queue: queue, authenticator: authenticator).add(to: &router)
        ExportRoutes(center: center, queue: queue, authenticator: authenticator).add(to: &router)
        HeartbeatRoutes(center: center, authenticator: authenticator).add(to: &router)
        AlertmanagerRoutes(center: center, files: files, authenticator: authenticator).add(to: &router)
    }

    private static func status(_ error: AlertingError) -> HTTPStatus {
        switch error {
        case .tooMany, .notFiring: .conflict
        default: .notFound
        }
    }
}

extension Request {
    /// The JSON object of the body; an empty body is an empty object.
    func object(upTo limit: ByteSize = .kib(64)) async throws -> [String: JSONValue] {
        let bytes = try await body.collect(upTo: limit)
        guard !bytes.isEmpty else { return [:] }
        guard let object = try JSONValue(parsing: bytes).objectValue else {
            throw Problem(status: .unprocessableContent, code: "wrong-type", "the body must be a JSON object")
        }
        return object
    }

    /// The matchers of the query's `filter`, as often as it is given.
    func matchers() throws -> [LabelMatcher] {
        try query.all("filter").flatMap { text in
            // `{a="b",c="d"}` as amtool writes them, or one alone.
            let inner = text.hasPrefix("{") && text.hasSuffix("}") ? String(text.dropFirst().dropLast()) : text
            return try Self.parts(inner).map { try LabelMatcher($0) }
        }
    }

    /// The parts between the commas that stand outside of quotes.
    private static func parts(_ text: String) -> [String] {
        var (parts, part, isQuoted) = ([String](), "", false)
        for letter in text {
            if letter == "\"" { isQuoted.toggle() }
            if letter == ",", !isQuoted {
                parts.append(part)
                part = ""
            } else {
                part.append(letter)
            }
        }
        return (parts + [part]).filter { !$0.isEmpty }
    }
}

extension [String: JSONValue] {
    /// A text member; a problem names it when it is none.
    func text(_ name: String, required: Bool = false) throws -> String? {
        guard let value = self[name], value != .null else {
            if required { throw Problem(status: .unprocessableContent, code: "missing-field", "\(name) is missing", field: name) }
            return nil
        }
        guard let text = value.stringValue else {
            throw Problem(status: .unprocessableContent, code: "wrong-type", "\(name) must be a text", field: name)
        }
        return text
    }

    /// A moment.
    func time(_ name: String) throws -> Timestamp? {
        guard let text = try text(name) else { return nil }
        guard let time = Timestamp(anyZone: text) else {
            throw Problem(
                status: .unprocessableContent, code: "wrong-type", "\(name) must be a time like 2026-11-21T05:00:00Z", field: name)
        }
        return time
    }

    /// Labels: an object of texts, within the limits of events.
    func labels(_ name: String, limit: Int) throws -> LabelSet {
        guard let value = self[name], value != .null else { return [:] }
        guard let members = value.objectValue, members.count <= 64 else {
            throw Problem(
                status: .unprocessableContent, code: "wrong-type", "\(name) must be an object of at most 64 texts", field: name)
        }
        return try members.mapValues { value in
            guard let text = value.stringValue, text.utf8.count <= limit else {
                throw Problem(
                    status: .unprocessableContent, code: "wrong-type", "\(name) must hold texts of at most \(limit) bytes",
                    field: name)
            }
            return text
        }
    }

    /// - Throws: a problem that names what is not known.
    func check(_ known: [String]) throws {
        guard let name = keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw Problem(
            status: .unprocessableContent, code: "unknown-field",
            "there is no field \(name.prefix(64)); the fields are: \(known.joined(separator: ", "))", field: String(name.prefix(64))
        )
    }
}

extension Timestamp {
    /// Reads ISO-8601 in any zone and precision (RFC 3339), as Go's programs write it.
    init?(anyZone text: String) {
        if let time = Timestamp(iso8601: text) {
            self = time
            return
        }
        guard let match = text.wholeMatch(of: /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))/),
            let time = Timestamp(iso8601: match.1 + "Z")
        else { return nil }
        let digits = (match.2.map(String.init) ?? "").prefix(3)
        let milliseconds = Int64(digits + String(repeating: "0", count: 3 - digits.count)) ?? 0
        let offset = ((match.4.flatMap { Int64($0) } ?? 0) * 60 + (match.5.flatMap { Int64($0) } ?? 0)) * 60_000
        self.init(milliseconds: time.milliseconds + milliseconds - (match.3 == "-" ? -offset : offset))
    }
}
