import AudioFingerprint
import HTTP
import Primitives

/// The body of `POST /audio/fingerprints/search`: one of `file`, `job` and `fingerprint`, and `limit`.
struct FingerprintQuestion: Sendable {
    enum Subject: Sendable {
        /// The identifier of a file, a job or an entry.
        case known(String)
        case fingerprint(Fingerprint)
    }

    private static let fields = ["file", "job", "fingerprint"]
    var subject: Subject
    /// The field that names the subject.
    let field: String
    /// From 1 to 100.
    let limit: Int

    /// - Throws: `Problem` naming the field, `JSONError`.
    init(_ body: Bytes) throws {
        guard case .object(let members) = try JSONValue(parsing: body) else {
            throw Problem(status: .badRequest, code: "wrong-type", "the body must be an object")
        }
        if let unknown = members.keys.sorted().first(where: { !(Self.fields + ["limit"]).contains($0) }) {
            throw Self.wrong(
                unknown, "unknown-field", "there is no field \(unknown); the fields are: file, job, fingerprint, limit")
        }
        let given = Self.fields.filter { members[$0] != nil }
        guard given.count == 1, let text = members[given[0]]?.stringValue else {
            throw Self.wrong(given.last ?? "file", "wrong-type", "give one of file, job and fingerprint, as text")
        }
        field = given[0]
        if let value = members["limit"] {
            guard let limit = value.integerValue, (1...100).contains(limit) else {
                throw Self.wrong("limit", "out-of-range", "limit must be a whole number between 1 and 100")
            }
            self.limit = Int(limit)
        } else {
            limit = 20
        }
        guard field == "fingerprint" else {
            subject = .known(text)
            return
        }
        do {
            subject = .fingerprint(try Fingerprint(compressed: text))
        } catch {
            throw Self.wrong(field, error.code, error.message)
        }
    }

    private static func wrong(_ field: String, _ code: String, _ detail: String) -> Problem {
        Problem(status: .unprocessableContent, code: code, detail, field: field)
    }
}
