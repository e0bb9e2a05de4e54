import Contracts
import HTTP
import Primitives

/// `avstudio jobs …`
enum JobCommands {
    private static let service = Flag("service", value: "name", choices: OperationCommands.services, "Whose jobs. Default: audio.")

    static let all = [
        Command(
            "jobs list",
            flags: [
                service, Flag("state", value: "state", choices: JobState.allCases.map(\.rawValue), "Only jobs in this state."),
                Flag("limit", value: "number", "How many, 1 to 500. Default: 50."),
            ], "Lists jobs, newest first."
        ) { arguments, session in
            var query = ["limit=\(try arguments.integer("limit", in: 1...500) ?? 50)"]
            if let state = arguments["state"] { query.append("state=\(PercentEncoding.encode(state))") }
            let page = try await session.client.json(.get, path(arguments, "jobs") + "?" + query.joined(separator: "&"))
            let jobs = try (page["jobs"] ?? []).decoded(as: [JobDocument].self)
            session.output.show(
                page, text: Output.table(["id", "operation", "state", "progress", "created", "inputs"], jobs.map(JobText.line)))
        },
        Command("jobs show", operands: "<job>", flags: [service], "Shows one job.") { arguments, session in
            try await show(.get, try path(arguments, "jobs/\(arguments.require("job")[0])"), session)
        },
        Command("jobs watch", operands: "<job>", flags: [service], "Follows a job until it has ended.") { arguments, session in
            let display = ProgressDisplay(isSilent: session.output.isJSON)
            let id = try arguments.require("job")[0]
            let job = try await session.client.follow(id, service: arguments["service"] ?? "audio") { job in
                display.show(job.stage ?? job.state.rawValue, job.progress)
            }
            display.clear()
            session.output.show(try JSONValue(encoding: job), text: JobText.result(job, saved: []))
            if job.state != .succeeded {
                throw CommandFailure(.failed, job.problem?.message ?? "the job ended as \(job.state.rawValue)")
            }
        },
        Command("jobs cancel", operands: "<job>", flags: [service], "Cancels a job.") { arguments, session in
            try await show(.delete, try path(arguments, "jobs/\(arguments.require("job")[0])"), session)
        },
        Command("jobs retry", operands: "<job>", flags: [service], "Runs a failed or cancelled job again.") { arguments, session in
            try await show(.post, try path(arguments, "jobs/\(arguments.require("job")[0])/retry"), session)
        },
    ]

    private static func path(_ arguments: Arguments, _ rest: String) -> String {
        "/\(arguments["service"] ?? "audio")/\(rest)"
    }

    private static func show(_ method: HTTPMethod, _ path: String, _ session: Session) async throws {
        let document = try await session.client.json(method, path)
        let job = try document.decoded(as: JobDocument.self)
        var text = JobText.line(job).joined(separator: "  ")
        if let problem = job.problem { text += "\n\(problem.code): \(problem.message)" }
        if job.result != nil { text += "\n" + JobText.result(job, saved: []) }
        session.output.show(document, text: text)
    }
}
