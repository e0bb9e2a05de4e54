import Glibc
import Primitives

/// `avstudio models list`, `install`, `remove`: the models of this machine, which `deploy/models` keeps.
enum ModelCommands {
    static let all = [
        Command("models list", "Shows the models that are installed and those that can be.") { arguments, session in
            try run(["list"] + (session.output.isJSON ? ["--json"] : []), arguments)
        },
        Command("models install", operands: "[name…]", "Installs models; without a name those the studio starts with.") {
            arguments, _ in
            try run(["install"] + arguments.positional, arguments)
        },
        Command("models remove", operands: "<name>…", "Removes models.") { arguments, _ in
            guard !arguments.positional.isEmpty else { throw CommandFailure.usage("name the models to remove") }
            try run(["remove"] + arguments.positional, arguments)
        },
    ]

    /// The installer speaks for itself: its output goes where ours would.
    private static func run(_ words: [String], _ arguments: Arguments) throws {
        let layout = try StudioLayout(arguments)
        let spawn = ProcessSpawn([layout.root + "/deploy/models", "--prefix", layout.models] + words)
        var status: Int32 = 0
        do {
            let process = try spawn.start()
            while waitpid(process, &status, 0) == -1 && errno == EINTR {}
        } catch {
            throw CommandFailure(.failed, error.message)
        }
        guard status == 0 else { throw CommandFailure(.failed, "the models are not all as wanted") }
    }
}
