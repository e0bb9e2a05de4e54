import Glibc
import Primitives

/// The command line of the studio.
package enum Program {
    /// Every command there is.
    package static let commands =
        LocalCommands.all + ModelCommands.all + KeyCommands.all + FileCommands.all + JobCommands.all + BatchCommands.all
        + AlertCommands.all + ContractCommands.all + CompletionCommands.all
        + OperationCommands.all

    /// Runs the command that the process was given and ends it with an `ExitCode`.
    package static func run(arguments: [String] = CommandLine.arguments) async -> Never {
        let code = await execute(Array(arguments.dropFirst()))
        fflush(nil)
        exit(code.rawValue)
    }

    static func execute(_ words: [String]) async -> ExitCode {
        do {
            guard let command = find(words) else {
                if words.isEmpty || ["help", "--help", "-h"].contains(words[0]) {
                    print(overview)
                    return .done
                }
                throw CommandFailure.usage(unknown(words))
            }
            let arguments = try Arguments(Array(words.dropFirst(command.path.count)), flags: command.allFlags)
            if arguments.isSet("help") {
                print(command.help)
                return .done
            }
            try await command.body(arguments, try Session(arguments))
            return .done
        } catch let failure as CommandFailure {
            printError(failure.message)
            return failure.exitCode
        } catch let error as any CodedError {
            printError(error.message)
            return .failed
        } catch {
            printError("\(error)")
            return .failed
        }
    }

    private static func find(_ words: [String]) -> Command? {
        commands.filter { words.starts(with: $0.path) }.max { $0.path.count < $1.path.count }
    }

    private static func unknown(_ words: [String]) -> String {
        let below = commands.filter { $0.path.first == words[0] }
        guard below.isEmpty else {
            return
                "avstudio \(words[0]) is followed by one of: \(below.map { $0.path.dropFirst().joined(separator: " ") }.joined(separator: ", "))"
        }
        return "there is no command \(words[0]); avstudio help lists them"
    }

    static var overview: String {
        let width = commands.map { $0.path.joined(separator: " ").count }.max() ?? 0
        let lines = commands.map { "  " + $0.path.joined(separator: " ").padded(to: width) + "  " + $0.summary }
        return """
            avstudio: the command line of AV-Studio

            \(lines.joined(separator: "\n"))

            avstudio <command> --help tells more.
            Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 3 the studio does not answer, 4 no key or not allowed.
            """
    }

    private static func printError(_ message: String) {
        StandardError.write("avstudio: \(message)\n")
    }
}
