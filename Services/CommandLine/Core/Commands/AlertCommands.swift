import HTTP
import Primitives

/// `avstudio alerts …`
enum AlertCommands {
    static let all = [
        Command(
            "alerts list",
            flags: [Flag("state", value: "list", "firing, pending, resolved, several with commas, or all (firing,pending).")],
            "Shows what is wrong."
        ) { arguments, session in
            let state = arguments["state"].map { "?state=" + PercentEncoding.encode($0) } ?? ""
            let page = try await session.client.json(.get, "/api/alerts\(state)")
            session.output.show(page, text: AlertText.list(page["alerts"]?.arrayValue ?? []))
        },
        Command(
            "alerts acknowledge", operands: "<fingerprint>…", flags: [Flag("note", value: "text", "What is being done.")],
            "Says that somebody cares for alerts: until they end they are neither repeated nor escalated."
        ) { arguments, session in
            let body: JSONValue = arguments["note"].map { ["note": .string($0)] } ?? [:]
            try await acknowledge(.post, arguments, session, body) { alert in
                "acknowledged by \(alert["acknowledgement"]?["by"]?.stringValue ?? "")"
            }
        },
        Command(
            "alerts unacknowledge", operands: "<fingerprint>…", "Says that nobody cares any more: people are told again."
        ) { arguments, session in
            try await acknowledge(.delete, arguments, session, nil) { $0["status"]?.stringValue ?? "" }
        },
        Command(
            "alerts silence", operands: "<matcher>…",
            flags: [
                Flag("for", value: "duration", "How long, for example 2h; it must end."),
                Flag("comment", value: "text", "Why."),
            ], "Tells nobody of alerts that fit, such as severity=warning, nor of their ends, for some time."
        ) { arguments, session in
            guard let span = arguments["for"] else {
                throw CommandFailure.usage("alerts silence needs --for, for example --for 2h")
            }
            guard !arguments.positional.isEmpty else {
                throw CommandFailure.usage("alerts silence needs a matcher, for example severity=warning")
            }
            let matchers = arguments.positional.map(JSONValue.string)
            let body: JSONValue = [
                "matchers": .array(matchers), "duration": .string(span), "comment": .string(arguments["comment"] ?? ""),
            ]
            let silence = try await session.client.json(.post, "/api/alerts/silences", body: body)
            let id = silence["id"]?.stringValue ?? ""
            // A matcher with a slip fits nothing, and nobody would see that before they are woken.
            let alerts = try await session.client.json(.get, "/api/alerts?state=firing")["alerts"]?.arrayValue ?? []
            let fitting = alerts.count { $0["silenced_by"]?.arrayValue?.contains(.string(id)) == true }
            session.output.show(
                silence,
                text: "\(id), until \(AlertText.time(silence["endsAt"])) UTC; fits \(fitting) of \(alerts.count) alerts that fire")
        },
        Command("alerts silences", "Shows what is kept quiet, by whom, until when and why.") { _, session in
            let page = try await session.client.json(.get, "/api/alerts/silences")
            session.output.show(page, text: AlertText.silences(page["silences"]?.arrayValue ?? []))
        },
        Command("alerts unsilence", operands: "<id>", "Ends a silence now.") { arguments, session in
            let id = try arguments.require("id")[0]
            _ = try await session.client.json(.delete, "/api/alerts/silences/\(PercentEncoding.encode(id))")
            session.output.show(["ended": .string(id)], text: "ended \(id)")
        },
        Command("alerts rules", "Shows the rules, and what is wrong with their file.") { _, session in
            let page = try await session.client.json(.get, "/api/alerts/rules")
            session.output.show(page, text: AlertText.rules(page))
            try checkFile(page)
        },
        Command("alerts test", operands: "[<receiver>…]", "Sends receivers, or all of them, a test message.") {
            arguments, session in
            let page = try await session.client.json(.get, "/api/alerts/receivers")
            let known = (page["receivers"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
            let names = arguments.positional.isEmpty ? known : arguments.positional
            guard !names.isEmpty else {
                try checkFile(try await session.client.json(.get, "/api/alerts/rules"))
                throw CommandFailure(.failed, "the alert file names no receiver; avstudio alerts rules shows where it is")
            }
            var ended: [JSONValue] = []
            for name in names {
                let answer = try await session.client.json(
                    .post, "/api/alerts/receivers/\(PercentEncoding.encode(name))/test", body: [:])
                for delivery in answer["deliveries"]?.arrayValue ?? [] { ended.append(try await outcome(delivery, session)) }
            }
            let rows = ended.map { delivery in
                ["receiver", "channel", "target", "state", "failure"].map { delivery[$0]?.stringValue ?? "" }
            }
            session.output.show(
                ["deliveries": .array(ended)], text: Output.table(["receiver", "channel", "target", "state", "failure"], rows))
            guard ended.allSatisfy({ $0["state"] == "delivered" }) else {
                throw CommandFailure(.failed, "not every message was delivered")
            }
            // What was just written is not what was tried.
            try checkFile(try await session.client.json(.get, "/api/alerts/rules"))
        },
        Command(
            "alerts deliveries", flags: [Flag("state", value: "state", choices: ["waiting", "delivered", "dead"], "Only these.")],
            "Shows what was told, waits or could not be told."
        ) { arguments, session in
            let state = arguments["state"].map { "?state=\($0)" } ?? ""
            let page = try await session.client.json(.get, "/api/alerts/deliveries\(state)")
            session.output.show(page, text: AlertText.deliveries(page["deliveries"]?.arrayValue ?? []))
        },
        Command("alerts resend", operands: "<id>", "Tries a dead message again.") { arguments, session in
            let id = PercentEncoding.encode(try arguments.require("id")[0])
            let delivery = try await session.client.json(.post, "/api/alerts/deliveries/\(id)/resend", body: [:])
            session.output.show(delivery, text: delivery["state"]?.stringValue ?? "")
        },
    ]

    /// Changes who cares for alerts, and shows one line for each.
    private static func acknowledge(
        _ method: HTTPMethod, _ arguments: Arguments, _ session: Session, _ body: JSONValue?, _ text: (JSONValue) -> String
    ) async throws {
        guard !arguments.positional.isEmpty else {
            throw CommandFailure.usage("a fingerprint is missing; avstudio alerts list shows them")
        }
        var alerts: [JSONValue] = []
        for fingerprint in arguments.positional {
            let path = "/api/alerts/\(PercentEncoding.encode(fingerprint))/acknowledge"
            alerts.append(try await session.client.json(method, path, body: body))
        }
        let lines = alerts.map { "\($0["fingerprint"]?.stringValue ?? "") \($0["name"]?.stringValue ?? ""): \(text($0))" }
        session.output.show(["alerts": .array(alerts)], text: lines.joined(separator: "\n"))
    }

    /// - Parameter page: the rules with their file.
    /// - Throws: `CommandFailure` with what is wrong with the file as it is now, by line.
    private static func checkFile(_ page: JSONValue) throws {
        let problems = (page["file"]?["problems"]?.arrayValue ?? []).map { problem in
            "\n\(problem["file"]?.stringValue ?? ""):\(problem["line"]?.integerValue ?? 0): \(problem["text"]?.stringValue ?? "")"
        }
        guard !problems.isEmpty else { return }
        throw CommandFailure(.failed, "the alert file is not in use as it is now; what was read before is" + problems.joined())
    }

    /// Waits until a delivery has been tried, for as long as one attempt may take.
    private static func outcome(_ delivery: JSONValue, _ session: Session) async throws -> JSONValue {
        let id = PercentEncoding.encode(delivery["id"]?.stringValue ?? "")
        var last = delivery
        for _ in 0..<100 where last["state"] == "waiting" && last["attempts"] == 0 {
            try await Task.sleep(for: .milliseconds(250))
            last = try await session.client.json(.get, "/api/alerts/deliveries/\(id)")
        }
        return last
    }
}
