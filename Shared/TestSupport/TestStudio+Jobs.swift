package import Contracts
import HTTP
package import Primitives
import Synchronization

extension TestStudio {
    /// Hands a job in.
    /// - Parameters:
    ///   - operation: `service.verb`.
    ///   - body: as `POST /service/verb` takes it.
    /// - Returns: the job's identifier.
    /// - Throws: `Refused` when it is not accepted.
    package func begin(_ operation: String, _ body: JSONValue) async throws -> String {
        let answer = try await json(.post, "/" + operation.replacing(".", with: "/"), body)
        guard let id = answer.document["id"]?.stringValue else { throw Refused(document: answer.document) }
        return id
    }

    package struct Refused: Error {
        package let document: JSONValue
    }

    /// Waits until a job has ended; a service that was killed may still be coming up.
    /// - Parameters:
    ///   - operation: `service.verb`, or the service alone.
    ///   - limit: how long.
    package func ended(_ id: String, of operation: String, within limit: Duration = .seconds(120)) async throws -> JobDocument {
        let path = "/\(operation.prefix { $0 != "." })/jobs/\(id)"
        let last = Mutex("no answer")
        do {
            return try await withDeadline(limit) {
                while true {
                    if let answer = try? await self.json(.get, path) {
                        last.withLock { $0 = "\(answer.status): \(answer.document)" }
                        if answer.status == 200 {
                            let job = try answer.document.decoded(as: JobDocument.self)
                            if job.state.isFinal { return job }
                        }
                    }
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
        } catch {
            throw TestFailure(message: "\(path): \(error), last \(last.withLock { $0 })")
        }
    }
}
