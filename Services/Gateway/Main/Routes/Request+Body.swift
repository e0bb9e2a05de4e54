import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

extension Request {
    /// The `{id}` of the path.
    var identifier: String { parameters["id"] ?? "" }

    /// The client's address, as nginx tells it.
    var clientAddress: String {
        @inline(never) get { headers["X-Forwarded-For"] ?? remoteAddress }
    }

    /// The `limit` of a list, 1 to 500, 50 when it is not given.
    func pageLimit() throws -> Int {
        guard let text = query["limit"] else { return 50 }
        guard let limit = Int(text), (1...500).contains(limit) else {
            throw Problem(status: .badRequest, code: "out-of-range", "limit must be between 1 and 500", field: "limit")
        }
        return limit
    }

    /// The members of the body, none for an empty one.
    func members() async throws -> [String: JSONValue] {
        let bytes = try await body.collect(upTo: .kib(64))
        if bytes.isEmpty { return [:] }
        guard case .object(let members) = try JSONValue(parsing: bytes) else {
            throw Problem(status: .badRequest, code: "wrong-type", "the body must be an object")
        }
        return members
    }

    /// The body, read by the schema that documents it.
    @inline(never) func decoded<T>(by schema: Schema<T>) async throws -> T { try schema.decode(.object(try await members())) }
}

extension [String: JSONValue] {
    /// Takes a list of texts out, for which schemas have no field.
    /// - Returns: `nil` when nothing is said.
    mutating func takeTexts(_ name: String) throws -> [String]? {
        guard let value = removeValue(forKey: name), value != .null else { return nil }
        guard let texts = value.arrayValue?.map(\.stringValue), !texts.contains(nil) else {
            throw Problem(status: .unprocessableContent, code: "wrong-type", "\(name) must be a list of texts", field: name)
        }
        return texts.compactMap { $0 }
    }
}

extension [String: JSONValue] {
    /// Takes a flag out that may be left unsaid.
    /// - Returns: `nil` when nothing is said.
    mutating func takeFlag(_ name: String) throws -> Bool? {
        guard let value = removeValue(forKey: name), value != .null else { return nil }
        guard case .bool(let flag) = value else {
            throw Problem(
                status: .unprocessableContent, code: "wrong-type", "\(name) must be true or false", field: name)
        }
        return flag
    }
}

extension Response {
    /// The response, for whoever asked alone: it holds a secret.
    func withheld() -> Response { adding("Cache-Control", "no-store") }
}
