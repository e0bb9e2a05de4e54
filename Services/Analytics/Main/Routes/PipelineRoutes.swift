import AnalyticsCore
import Contracts
import HTTP
import HTTPServer
import Primitives
import ServiceRuntime

/// `/api/pipelines`: what pipelines do now, told by them and shown to whoever watches.
struct PipelineRoutes: Sendable {
    let board: PipelineBoard
    let collector: Collector
    let authenticator: Authenticator

    func add(to router: inout Router) {
        router.on(
            .get, "/api/pipelines",
            authenticator.require(.analyticsRead) { request, principal in
                let states = try await board.states(for: principal.viewer(request))
                return .json(.object(["pipelines": try JSONValue(encoding: states)]))
            })
        router.on(
            .get, "/api/pipelines/events",
            authenticator.require(.analyticsRead) { request, principal in
                let viewer = try principal.viewer(request)
                return .events(for: principal) { writer in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            try await board.follow(viewer) { try await tell($0, writer) }
                        }
                        group.addTask { try await tellOfNews(writer) }
                        try await group.next()
                        group.cancelAll()
                    }
                }
            })
        router.on(
            .put, "/api/pipelines/{name}",
            authenticator.require(.analyticsWrite) { request, principal in
                let name = try name(request)
                let body = try JSONValue(parsing: try await request.body.collect(upTo: .kib(16)))
                let report = try PipelineReport.schema.decode(body)
                return try .json(await board.report(report, name: name, owner: principal.owner))
            })
        router.on(
            .delete, "/api/pipelines/{name}",
            authenticator.require(.analyticsWrite) { request, principal in
                guard try await board.remove(name(request), owner: principal.owner) else {
                    throw Problem(status: .notFound, code: "pipeline-not-found", "there is no such pipeline")
                }
                return .empty(.noContent)
            })
    }

    private func tell(_ news: PipelineNews, _ writer: EventWriter) async throws {
        switch news {
        case .state(let state): try await writer.send(event: "state", String(decoding: try JSON.encode(state), as: UTF8.self))
        case .ready: try await writer.send(event: "ready", "{}")
        case .removed(let name): try await writer.send(event: "removed", String(decoding: try JSON.encode(name), as: UTF8.self))
        }
    }

    /// Says, once a second at most, that something was recorded since: whoever shows figures may ask for them again.
    private func tellOfNews(_ writer: EventWriter) async throws {
        var known = collector.statistics.accepted
        while true {
            try await Task.sleep(for: .seconds(1))
            let accepted = collector.statistics.accepted
            guard accepted != known else { continue }
            known = accepted
            try await writer.send(event: "recorded", "{}")
        }
    }

    private func name(_ request: Request) throws -> String {
        let name = request.parameters["name"] ?? ""
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Problem(
                status: .unprocessableContent, code: "invalid-name", "a pipeline's name has 1 to 128 bytes", field: "name")
        }
        return name
    }
}
