import FoundationEssentials
package import Primitives

extension CommandRun {
    /// Runs a program and waits for it.
    /// - Parameters:
    ///   - program: a path, or a name that is looked up in PATH.
    ///   - environment: added to this process's own.
    ///   - folder: the working folder.
    ///   - limit: after these seconds it and its group are ended: a test that waits for ever would hold up all others. What it
    ///     wrote until then is returned, with a line in `errors` that says so and a `status` that is not 0. Python says in
    ///     which lines its threads were.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil, limit: Int = 300
    ) async throws -> CommandRun {
        var spawn = ProcessSpawn(["timeout", "--verbose", "--signal=ABRT", "--kill-after=20", "\(limit)", program] + arguments)
        let own = ProcessInfo.processInfo.environment.merging(["PYTHONFAULTHANDLER": "1"]) { $1 }
        spawn.environment = own.merging(environment) { $1 }.map { $0 + "=" + $1 }
        spawn.folder = folder
        return try await threads.run { [spawn] in try CommandRun.run(spawn) }
    }

    private static let threads = BlockingThreads(name: "command", count: 16)
}
