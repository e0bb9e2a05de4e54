import Contracts
import FoundationEssentials
import HTTP
import HTTPClient
import Jobs
import Primitives

/// `avstudio batches …`: many inputs, one operation or a chain of them.
enum BatchCommands {
    private static let service = Flag(
        "service", value: "name", choices: OperationCommands.services, "Whose batches. Default: audio.")
    private static let archive = Flag("output", short: "o", value: "path", "Where to put the archive of everything that was made.")

    static let all = [
        Command(
            "batches run", operands: "[<file|url>…]",
            flags: [
                service, archive,
                Flag("steps", value: "json|@file", "The chain: [{\"operation\": \"normalize\", \"parameters\": {…}}, …]."),
                Flag("operation", value: "name", "Instead of --steps: one operation as it is without parameters."),
                Flag("csv", value: "path", "A table with the columns input or url and parameters, instead of files."),
            ], "Runs a chain of operations on each input, and follows it to the end."
        ) { arguments, session in
            let display = ProgressDisplay(isSilent: session.output.isJSON)
            defer { display.clear() }
            let body = try await body(arguments, display, session)
            let started = try await session.client.json(
                .post, path(arguments, ""), body: body, headers: ["Idempotency-Key": Identifier.make("cli")])
            try await follow(started["id"]?.stringValue ?? "", arguments, display, session)
        },
        Command("batches show", operands: "<batch>", flags: [service], "Shows a batch and its items.") { arguments, session in
            try await show(.get, try path(arguments, "/" + arguments.require("batch")[0]), session)
        },
        Command(
            "batches watch", operands: "<batch>", flags: [service, archive], "Follows a batch until it has ended."
        ) { arguments, session in
            let display = ProgressDisplay(isSilent: session.output.isJSON)
            defer { display.clear() }
            try await follow(try arguments.require("batch")[0], arguments, display, session)
        },
        Command("batches cancel", operands: "<batch>", flags: [service], "Cancels what has not ended.") { arguments, session in
            try await show(.delete, try path(arguments, "/" + arguments.require("batch")[0]), session)
        },
        Command(
            "batches retry", operands: "<batch>", flags: [service], "Runs the failed and cancelled items again."
        ) { arguments, session in
            try await show(.post, try path(arguments, "/\(arguments.require("batch")[0])/retry"), session)
        },
    ]

    private static func path(_ arguments: Arguments, _ rest: String) -> String {
        "/\(arguments["service"] ?? "audio")/batches\(rest)"
    }

    private static func body(_ arguments: Arguments, _ display: ProgressDisplay, _ session: Session) async throws -> JSONValue {
        let steps: JSONValue
        switch (arguments["steps"], arguments["operation"]) {
        case (let text?, nil): steps = try JSONValue(parsing: text.hasPrefix("@") ? content(text.dropFirst()) : Bytes(text.utf8))
        case (nil, let operation?): steps = [["operation": .string(operation)]]
        default: throw CommandFailure.usage("give either --steps or --operation")
        }
        if let table = arguments["csv"] {
            guard arguments.positional.isEmpty else { throw CommandFailure.usage("give either files or --csv") }
            return ["csv": .string(String(decoding: try content(table[...]), as: UTF8.self)), "steps": steps]
        }
        guard !arguments.positional.isEmpty else { throw CommandFailure.usage("batches run needs files, URLs or --csv") }
        var inputs: [JSONValue] = []
        for word in arguments.positional {
            if word.contains("://") || Identifier.isWellFormed(word, prefix: "file") {
                inputs.append(.string(word))
            } else {
                inputs.append(try await session.client.upload(word) { display.show("uploading", $0) }["id"] ?? .null)
            }
        }
        return ["inputs": .array(inputs), "steps": steps]
    }

    private static func content(_ path: Substring) throws(CommandFailure) -> Bytes {
        guard let data = FileManager.default.contents(atPath: String(path)) else { throw .usage("\(path) can not be read") }
        return Bytes(data)
    }

    /// Asks again and again until every item has ended, then fetches the archive where one is wanted.
    private static func follow(
        _ id: String, _ arguments: Arguments, _ display: ProgressDisplay, _ session: Session
    ) async throws {
        var document: JSONValue
        var batch: BatchDocument
        while true {
            document = try await session.client.json(.get, path(arguments, "/\(id)"))
            batch = try document.decoded(as: BatchDocument.self)
            if batch.finished { break }
            display.show("batch", batch.progress)
            try await Task.sleep(for: .milliseconds(500))
        }
        if let target = arguments["output"] {
            try await session.client.download(path: path(arguments, "/\(id)/archive"), to: target) {
                display.show("downloading", $0)
            }
        }
        display.clear()
        session.output.show(document, text: text(batch))
        let missed = batch.items.count { $0.state != .succeeded }
        if missed > 0 {
            throw CommandFailure(
                .failed, "\(missed) of \(batch.total) items did not succeed; avstudio batches retry \(id) runs them again")
        }
    }

    private static func show(_ method: HTTPMethod, _ path: String, _ session: Session) async throws {
        let document = try await session.client.json(method, path)
        let batch = try document.decoded(as: BatchDocument.self)
        session.output.show(document, text: text(batch))
    }

    private static func text(_ batch: BatchDocument) -> String {
        let rows = batch.items.map { item in
            [
                "\(item.index + 1)", item.name ?? item.url ?? item.input ?? "", item.state.rawValue,
                "\(item.step)/\(batch.steps.count)", item.problem.map { "\($0.code): \($0.message)" } ?? "",
            ]
        }
        return "\(batch.id)\n" + Output.table(["item", "input", "state", "step", "problem"], rows)
    }
}
