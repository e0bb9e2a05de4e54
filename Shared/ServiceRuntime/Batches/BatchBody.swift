import HTTP
import HTTPServer
import Jobs
import Primitives

/// The body of `POST /audio/batches`: `{"inputs": […], "steps": [{"operation", "parameters"}]}`, where an input is a file's
/// identifier, a URL, or `{"input" or "url", "parameters": {…}}`; or `{"csv": "…", "steps": […]}`; or, as `text/csv`, the table
/// alone with the one operation in the query.
struct BatchBody {
    private static let limit = ByteSize.mib(1)
    let inputs: [BatchInput]
    let steps: [BatchStep]

    /// - Parameter service: put before an operation that is named without it.
    /// - Throws: `Problem` naming the field, `CSVError`, `JSONError`.
    init(_ request: Request, service: String) async throws {
        let type = request.headers["Content-Type"]?.prefix { $0 != ";" }.lowercased()
        let bytes = try await request.body.collect(upTo: Self.limit)
        func step(_ name: String, _ parameters: JSONValue) -> BatchStep {
            BatchStep(operation: name.contains(".") ? name : "\(service).\(name)", parameters: parameters)
        }
        switch type {
        case "text/csv":
            guard let operation = request.query["operation"] else {
                throw Self.wrong("operation", "name the operation in the query: ?operation=…")
            }
            (inputs, steps) = (try Self.inputs(table: bytes), [step(operation, [:])])
        case "application/json":
            guard case .object(let members) = try JSONValue(parsing: bytes) else {
                throw Problem(status: .badRequest, code: "wrong-type", "the body must be an object")
            }
            if let unknown = members.keys.sorted().first(where: { !["inputs", "csv", "steps"].contains($0) }) {
                throw Problem(
                    status: .unprocessableContent, code: "unknown-field",
                    "there is no field \(unknown); the fields are: inputs, csv, steps", field: unknown)
            }
            guard let list = members["steps"]?.arrayValue else { throw Self.wrong("steps", "steps must be a list") }
            steps = try list.map { value in
                guard let name = value["operation"]?.stringValue, value.hasOnly(["operation", "parameters"]) else {
                    throw Self.wrong("steps", "a step is an object with operation and parameters")
                }
                return step(name, value["parameters"] ?? [:])
            }
            switch (members["inputs"]?.arrayValue, members["csv"]?.stringValue) {
            case (let list?, nil): inputs = try list.map(Self.input)
            case (nil, let table?): inputs = try Self.inputs(table: Bytes(table.utf8))
            default: throw Self.wrong("inputs", "give either inputs, a list, or csv, a text")
            }
        default:
            throw Problem(
                status: .unsupportedMediaType, code: "json-expected", "the body must be application/json or text/csv")
        }
    }

    private static func input(_ value: JSONValue) throws(Problem) -> BatchInput {
        if let text = value.stringValue { return BatchInput(.init(text)) }
        guard value.hasOnly(["input", "url", "parameters"]), let text = (value["input"] ?? value["url"])?.stringValue,
            value["input"] == nil || value["url"] == nil
        else {
            throw wrong("inputs", "an input is a file's identifier, a URL, or an object with input or url, and parameters")
        }
        guard let overrides = (value["parameters"] ?? [:]).objectValue else {
            throw wrong("inputs", "parameters must be an object")
        }
        return BatchInput(.init(text), overrides: overrides)
    }

    /// A table with a header; the columns `input` and `url` name the file, every other one a parameter. Empty cells say nothing.
    private static func inputs(table: Bytes) throws -> [BatchInput] {
        let rows = try CSV.rows(table)
        guard let header = rows.first, !Set(header).isDisjoint(with: ["input", "url"]), Set(header).count == header.count else {
            throw wrong("csv", "the first line must name the columns: input or url, and parameters, each once")
        }
        return try rows.dropFirst().enumerated().map { index, row in
            guard row.count == header.count else {
                throw wrong("csv", "row \(index + 1) has \(row.count) fields, the header has \(header.count)")
            }
            var cells = Dictionary(uniqueKeysWithValues: zip(header, row).filter { !$0.1.isEmpty })
            let named = [cells.removeValue(forKey: "input"), cells.removeValue(forKey: "url")].compactMap { $0 }
            guard named.count == 1 else { throw wrong("csv", "row \(index + 1) must have either input or url") }
            return BatchInput(.init(named[0]), overrides: cells.mapValues(JSONValue.string))
        }
    }

    private static func wrong(_ field: String, _ detail: String) -> Problem {
        Problem(status: .unprocessableContent, code: "wrong-type", detail, field: field)
    }
}

extension JSONValue {
    fileprivate func hasOnly(_ names: Set<String>) -> Bool {
        objectValue.map { names.isSuperset(of: $0.keys) } ?? false
    }
}
