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
                if words.count == 2, ["help", "--help", "-h"].contains(words[1]), let group = group(words[0]) {
                    print(group)
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
        guard let group = group(words[0]) else { return "there is no command \(words[0]); avstudio help lists them" }
        let what = words.count > 1 ? "there is no command \(words[0]) \(words[1])" : "\(words[0]) needs to know what"
        return "\(what)\n\n\(group)"
    }

    /// The commands that begin with a word; `nil` when there are none.
    private static func group(_ word: String) -> String? {
        let below = commands.filter { $0.path.first == word && $0.path.count > 1 }
        return below.isEmpty ? nil : "\(lines(below))\n\navstudio <command> --help tells more."
    }

    private static func lines(_ commands: [Command]) -> String {
        let width = commands.map { $0.path.joined(separator: " ").count }.max() ?? 0
        return commands.map { "  " + $0.path.joined(separator: " ").padded(to: width) + "  " + $0.summary }.joined(separator: "\n")
    }

    static var overview: String {
        """
        avstudio: the command line of AV-Studio

        \(lines(commands))

        avstudio <command> --help tells more.
        Exit codes: 0 done, 1 failed or refused, 2 wrong usage, 3 the studio does not answer, 4 no key or not allowed.
        """
    }

    private static func printError(_ message: String) {
        StandardError.write("avstudio: \(message)\n")
    }
}
