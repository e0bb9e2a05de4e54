import Glibc
import Primitives

/// `avstudio up`, `down`, `status`, `doctor`.
enum LocalCommands {
    private static let flags = [
        Flag("var", value: "folder", "Where the studio keeps its state (AVSTUDIO_VAR; var beside the programs)."),
        Flag("port", value: "number", "The public port; the parts use the ports after it. Default: 8080."),
        Flag("listen", value: "address", "The public address. Default: 127.0.0.1."),
    ]

    static let all = [
        Command(
            "up",
            flags: flags + [
                Flag("with-local-llm", "Starts a language model on this machine too; deploy/models installs one."),
                Flag("bench-operations", "Adds operations that do nothing, for measuring."),
            ],
            "Starts the studio on this machine."
        ) {
            arguments, session in
            let layout = try StudioLayout(arguments)
            let say = speaker(session)
            let newKey = try await LocalStudio(layout: layout).up(
                benchOperations: arguments.isSet("bench-operations"), withLocalLLM: arguments.isSet("with-local-llm"), say: say)
            let url = "http://\(layout.listen):\(layout.port)"
            var text = "the studio is ready at \(url)"
            if let newKey { text += "\nowner key: \(newKey)\nit is in \(layout.ownerKeyFile) and is not shown again" }
            session.output.show(["url": .string(url), "owner_key": JSONValue(newKey)], text: text)
        },
        Command("down", flags: flags, "Stops the studio on this machine.") { arguments, session in
            try await LocalStudio(layout: StudioLayout(arguments)).down(say: speaker(session))
            session.output.show(["status": "stopped"], text: "the studio has stopped")
        },
        Command("status", flags: flags, "Shows what of the studio runs on this machine.") { arguments, session in
            let parts = await LocalStudio(layout: try StudioLayout(arguments)).status()
            let document = parts.map { part -> JSONValue in
                ["name": .string(part.name), "pid": JSONValue(part.pid.map(Int.init)), "ready": .bool(part.isReady)]
            }
            let rows = parts.map {
                [$0.name, $0.pid.map { "\($0)" } ?? "-", $0.isReady ? "ready" : $0.pid == nil ? "stopped" : "not ready"]
            }
            session.output.show(["parts": .array(document)], text: Output.table(["part", "pid", "state"], rows))
            guard parts.allSatisfy(\.isReady) else { throw CommandFailure(.unreachable, "not everything is ready") }
        },
        Command("doctor", flags: flags, "Checks this machine and says how to mend it.") { arguments, session in
            let findings = await Doctor(layout: try StudioLayout(arguments)).findings()
            let document = findings.map {
                ["name": .string($0.name), "good": .bool($0.isGood), "advice": .string($0.advice)] as JSONValue
            }
            let rows = findings.map { [$0.isGood ? "ok" : "BAD", $0.name, $0.advice] }
            session.output.show(["findings": .array(document)], text: Output.table(["", "what", "seen"], rows))
            let bad = findings.count { !$0.isGood }
            guard bad == 0 else { throw CommandFailure(.failed, "\(bad) thing\(bad == 1 ? "" : "s") to mend") }
        },
    ]

    private static func speaker(_ session: Session) -> @Sendable (String) -> Void {
        let isSilent = session.output.isJSON
        return { if !isSilent { StandardError.write("\($0)\n") } }
    }
}
