/// A flag of a command: what parsing, help and completion are made from.
package struct Flag: Sendable, Equatable {
    /// Without dashes: `preset`.
    package let name: String
    package let short: Character?
    /// What stands for the value in help; `nil` for a switch that takes none.
    package let value: String?
    package let help: String
    /// The values that completion offers.
    package let choices: [String]

    package init(_ name: String, short: Character? = nil, value: String? = nil, choices: [String] = [], _ help: String) {
        (self.name, self.short, self.value, self.choices, self.help) = (name, short, value, choices, help)
    }

    /// How help shows it: `-o, --output <path>`.
    var usage: String {
        (short.map { "-\($0), " } ?? "") + "--\(name)" + (value.map { " <\($0)>" } ?? "")
    }
}

/// The words of a command line, taken apart by the flags that the command has.
package struct Arguments: Sendable {
    package private(set) var positional: [String] = []
    private var values: [String: [String]] = [:]

    /// - Throws: `CommandFailure` for unknown flags and missing values.
    package init(_ words: [String], flags: [Flag]) throws(CommandFailure) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                positional += rest
                return
            }
            guard word.hasPrefix("-"), word != "-" else {
                positional.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let flag = flags.first(where: { "--\($0.name)" == parts[0] || $0.short.map { "-\($0)" } == parts[0] }) else {
                let known = flags.map { "--\($0.name)" }.joined(separator: ", ")
                throw .usage("there is no flag \(parts[0]); the flags are: \(known)")
            }
            if flag.value == nil {
                guard parts.count == 1 else { throw .usage("the flag --\(flag.name) takes no value") }
                values[flag.name, default: []].append("true")
            } else if parts.count == 2 {
                values[flag.name, default: []].append(parts[1])
            } else if let value = rest.popFirst() {
                values[flag.name, default: []].append(value)
            } else {
                throw .usage("the flag --\(flag.name) needs a value")
            }
        }
    }

    /// The last value given for a flag.
    package subscript(_ name: String) -> String? { values[name]?.last }

    package func isSet(_ name: String) -> Bool { values[name] != nil }

    /// - Throws: `CommandFailure` unless there are as many words as names.
    package func require(_ names: String...) throws(CommandFailure) -> [String] {
        guard positional.count == names.count else {
            let expected = names.isEmpty ? "no further words" : names.map { "<\($0)>" }.joined(separator: " ")
            throw .usage("expected \(expected), got \(positional.count) word\(positional.count == 1 ? "" : "s")")
        }
        return positional
    }

    /// - Throws: `CommandFailure` when the value is not a whole number in the range.
    package func integer(_ name: String, in range: ClosedRange<Int>) throws(CommandFailure) -> Int? {
        guard let text = self[name] else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw .usage("--\(name) must be a whole number between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }
}
