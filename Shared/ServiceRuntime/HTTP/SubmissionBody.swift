import HTTP
import HTTPServer
import Primitives

/// The body of `POST /audio/normalize`: `{"input": "file_…" or a URL, "parameters": {…}}`, or `inputs` with several.
struct SubmissionBody {
    /// The longest body: a transcript with word times of a day's speech, tables of ranges, long texts. nginx has the same limit.
    static let limit = ByteSize.mib(8)
    /// What is shorter costs next to nothing to read.
    private static let small: Int64 = 256 << 10

    let inputs: [String]
    let parameters: JSONValue

    /// - Throws: `Problem` naming the field.
    init(_ request: Request) async throws {
        let type = request.headers["Content-Type"]?.prefix { $0 != ";" }.lowercased()
        guard type == "application/json" else {
            throw Problem(status: .unsupportedMediaType, code: "json-expected", "the body must be application/json")
        }
        let body = try JSONValue(parsing: try await request.body.collect(upTo: Self.limit))
        guard case .object(let members) = body else {
            throw Problem(status: .badRequest, code: "wrong-type", "the body must be an object")
        }
        if let unknown = members.keys.sorted().first(where: { !["input", "inputs", "parameters"].contains($0) }) {
            throw Problem(
                status: .unprocessableContent, code: "unknown-field",
                "there is no field \(unknown); the fields are: input, inputs, parameters",
                field: unknown)
        }
        inputs = try Self.inputs(members)
        parameters = members["parameters"] ?? [:]
    }

    /// Bytes that have to be free before a request is read: a body is many times its size while it is looked at. 0 for small ones.
    static func room(for request: Request) -> Int {
        let length = request.body.contentLength ?? limit.bytes
        return length <= small ? 0 : Int(min(length, limit.bytes))
    }

    private static func inputs(_ members: [String: JSONValue]) throws -> [String] {
        switch (members["input"], members["inputs"]) {
        case (nil, nil): return []
        case (let input?, nil):
            guard let file = input.stringValue else { throw wrongType("input", "a file's identifier or a URL") }
            return [file]
        case (nil, let inputs?):
            guard let files = inputs.arrayValue?.map(\.stringValue), !files.contains(nil), files.count <= 1000 else {
                throw wrongType("inputs", "a list of at most 1000 file identifiers or URLs")
            }
            return files.compactMap { $0 }
        case (_?, _?):
            throw Problem(status: .unprocessableContent, code: "wrong-type", "give either input or inputs", field: "inputs")
        }
    }

    private static func wrongType(_ field: String, _ expected: String) -> Problem {
        Problem(status: .unprocessableContent, code: "wrong-type", "\(field) must be \(expected)", field: field)
    }
}
