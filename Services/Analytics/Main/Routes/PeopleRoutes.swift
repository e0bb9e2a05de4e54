import AnalyticsCore
import Contracts
import HTTP
import HTTPServer
import Persistence
import Primitives
import ServiceRuntime

/// `/api/people/{name}`: what is known of one person, to take along (GET) or to be forgotten (DELETE). Everybody may ask for
/// themselves, as `me`; administrators for anybody.
struct PeopleRoutes: Sendable {
    private static let piece = 1000
    let questions: Questions
    let collector: Collector
    let board: PipelineBoard

    func add(to router: inout Router) {
        let authenticator = questions.authenticator
        router.on(
            .get, "/api/people/{name}",
            authenticator.require(.analyticsRead) { request, principal in try export(person(request, principal)) })
        router.on(
            .delete, "/api/people/{name}",
            authenticator.require(.analyticsRead) { request, principal in
                // A person may always leave; a key that was given to look may not take its owner away.
                guard principal.person != nil || principal.may(.analyticsWrite) else {
                    throw Problem(
                        status: .forbidden, code: "scope-missing", "this needs the scope \(Scope.analyticsWrite.rawValue)")
                }
                let person = try person(request, principal)
                let outcome = try await collector.erase(person)
                let document: JSONValue = [
                    "rows": JSONValue(outcome.rows), "names": JSONValue(outcome.names),
                    "pipelines": JSONValue(try await board.removeAll(of: person)),
                ]
                return .json(document)
            })
    }

    /// Whom a request is about. What is an organisation's is no person's: its keys do not ask for it here.
    private func person(_ request: Request, _ principal: Principal) throws -> String {
        let own = principal.person ?? principal.owner
        let name = request.parameters["name"] ?? ""
        if name == "me" || name == own, !own.hasPrefix("org_") { return own }
        guard principal.isAdministrator else {
            throw Problem(status: .forbidden, code: "owner-not-yours", "only an administrator may name another person")
        }
        return name
    }

    /// All pipelines, runs and measurements, as JSON lines, oldest first.
    private func export(_ person: String) -> Response {
        let database = questions.database
        return .stream(type: "application/jsonl") { writer in
            var cursor: PersonalCursor? = .start
            while let place = cursor {
                let piece = try await database.read { try PersonalExport(person, on: $0).lines(after: place, limit: Self.piece) }
                if !piece.bytes.isEmpty { try await writer.write(piece.bytes) }
                cursor = piece.next
            }
        }
        .adding("Cache-Control", "no-store")
    }
}
