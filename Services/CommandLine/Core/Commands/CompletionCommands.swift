/// `avstudio completion bash|zsh|fish`, made from the same list as help.
enum CompletionCommands {
    static let all = [
        Command("completion", operands: "bash|zsh|fish", "Prints a completion script for a shell.") { arguments, _ in
            switch try arguments.require("shell")[0] {
            case "bash": print(bash)
            case "zsh": print("autoload -U +X bashcompinit && bashcompinit\n" + bash)
            case "fish": print(fish)
            default: throw CommandFailure.usage("completion is there for bash, zsh and fish")
            }
        }
    ]

    private static var commands: [Command] { Program.commands }

    /// The words that may follow a prefix of a command.
    private static var steps: [(prefix: String, next: [String])] {
        let pairs = commands.flatMap { command in
            command.path.indices.map { (command.path[..<$0].joined(separator: " "), command.path[$0]) }
        }
        return Dictionary(grouping: pairs, by: \.0).map { ($0.key, Set($0.value.map(\.1)).sorted()) }.sorted {
            $0.prefix < $1.prefix
        }
    }

    private static var bash: String {
        let steps = steps.map { "        \"\($0.prefix)\") words=\"\($0.next.joined(separator: " "))\" ;;" }
        let flags = commands.map { command in
            let names = command.allFlags.map { "--\($0.name)" }.joined(separator: " ")
            return "        \"\(command.path.joined(separator: " "))\") flags=\"\(names)\" ;;"
        }
        let values = Set(
            commands.flatMap { command in
                command.allFlags.filter { !$0.choices.isEmpty }.map { flag in
                    "        \"\(command.path.joined(separator: " ")) --\(flag.name)\") values=\"\(flag.choices.joined(separator: " "))\" ;;"
                }
            }
        ).sorted()
        return """
            _avstudio() {
                local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" path="" words="" flags="" values="" i
                for ((i = 1; i < COMP_CWORD && i < 3; i++)); do
                    [[ ${COMP_WORDS[i]} == -* ]] && break
                    path="${path:+$path }${COMP_WORDS[i]}"
                done
                case "$path" in
            \(steps.joined(separator: "\n"))
                esac
                case "$path" in
            \(flags.joined(separator: "\n"))
                esac
                case "$path $previous" in
            \(values.joined(separator: "\n"))
                esac
                if [[ -n $values ]]; then COMPREPLY=($(compgen -W "$values" -- "$current"))
                elif [[ $current == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$current"))
                elif [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$current"))
                else COMPREPLY=($(compgen -f -- "$current")); fi
            }
            complete -o filenames -F _avstudio avstudio
            """
    }

    private static var fish: String {
        var lines: [String] = []
        for (prefix, next) in steps {
            let condition = prefix.isEmpty ? "__fish_use_subcommand" : "__fish_seen_subcommand_from \(prefix)"
            lines.append("complete -c avstudio -n '\(condition)' -f -a '\(next.joined(separator: " "))'")
        }
        for command in commands {
            let condition = command.path.map { "__fish_seen_subcommand_from \($0)" }.joined(separator: "; and ")
            for flag in command.allFlags {
                let choices = flag.choices.isEmpty ? "" : " -f -a '\(flag.choices.joined(separator: " "))'"
                let help = flag.help.replacing("'", with: "")
                lines.append(
                    "complete -c avstudio -n '\(condition)' -l \(flag.name)\(flag.value == nil ? "" : " -r")\(choices) -d '\(help)'"
                )
            }
        }
        return lines.joined(separator: "\n")
    }
}
