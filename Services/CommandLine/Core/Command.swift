/// One command: `keys create`. Help and completion are made from the list of all commands.
package struct Command: Sendable {
    /// The words that name it.
    package let path: [String]
    package let summary: String
    /// The words that follow, as help shows them: `<file>…`.
    package let operands: String
    package let flags: [Flag]
    let body: @Sendable (Arguments, Session) async throws -> Void

    package init(
        _ path: String, operands: String = "", flags: [Flag] = [], _ summary: String,
        _ body: @escaping @Sendable (Arguments, Session) async throws -> Void
    ) {
        self.path = path.split(separator: " ").map(String.init)
        (self.operands, self.flags, self.summary, self.body) = (operands, flags, summary, body)
    }

    /// Flags that every command takes.
    package static let commonFlags = [
        Flag("url", value: "url", "The studio's address (AVSTUDIO_URL; http://127.0.0.1:8080)."),
        Flag("key", value: "key", "The key to use (AVSTUDIO_KEY; else the owner key of a studio under ./var)."),
        Flag("json", "Print JSON for scripts instead of text for people."),
        Flag("help", short: "h", "Show this help."),
    ]

    var allFlags: [Flag] { flags + Self.commonFlags }

    var help: String {
        let usage = (["usage: avstudio"] + path + [operands, "[flags]"]).filter { !$0.isEmpty }.joined(separator: " ")
        let width = allFlags.map { $0.usage.count }.max() ?? 0
        let lines = allFlags.map { "  " + $0.usage.padded(to: width) + "  " + $0.help }
        return "\(usage)\n\n\(summary)\n\nFlags:\n" + lines.joined(separator: "\n")
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
