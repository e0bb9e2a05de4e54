import CommandLineCore
import Contracts
import FoundationEssentials
import Glibc
import Primitives
import TestSupport
import Testing

@Suite struct ProgramTests {
    private static let flags = [Flag("output", short: "o", value: "path", "Where."), Flag("json", "JSON.")]

    @Test func takesWordsApart() throws {
        let arguments = try Arguments(["a.wav", "-o", "x", "--json", "b.wav", "--output=y", "--", "--c"], flags: Self.flags)
        #expect(arguments.positional == ["a.wav", "b.wav", "--c"])
        #expect(arguments["output"] == "y")
        #expect(arguments.isSet("json"))
    }

    @Test(arguments: [["--what"], ["-o"], ["--json=1"]]) func refuses(_ words: [String]) {
        #expect(throws: CommandFailure.self) { try Arguments(words, flags: Self.flags) }
    }

    @Test func everyOperationIsACommandWithItsFields() throws {
        let normalize = try #require(Program.commands.first { $0.path == ["audio", "normalize"] })
        #expect(normalize.flags.contains { $0.name == "target-lufs" })
        #expect(normalize.flags.first { $0.name == "preset" }?.choices.contains("podcast") == true)
        #expect(Set(Program.commands.map(\.path)).count == Program.commands.count)
        let mark = try #require(Program.commands.first { $0.path == ["audio", "find-mark"] })
        #expect(mark.flags.contains { $0.name == "mark-key" })
    }

    /// A flag that means two things would send one for the other.
    @Test func noCommandHasAFlagTwice() {
        for command in Program.commands {
            let names = (command.flags + Command.commonFlags).map(\.name)
            #expect(Set(names).count == names.count, "\(command.path)")
        }
    }

    /// The documents in the tree are those that the code makes.
    @Test(arguments: ContractDocuments.all.map(\.path)) func publishedDocumentIsCurrent(_ path: String) throws {
        let document = try #require(ContractDocuments.all.first { $0.path == path })
        let file = try #require(FileManager.default.contents(atPath: Self.root + "/contracts/" + path), "run avstudio contracts")
        // A failure does not print all of either.
        let isCurrent = Bytes(file) == document.bytes
        #expect(isCurrent, "run avstudio contracts")
    }

    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

    /// Each shell is asked what follows `avstudio audio norm`, and which values an option may have.
    @Test(arguments: ["bash", "zsh", "fish"]) func completionCompletes(_ shell: String) async throws {
        let folder = try TemporaryFolder("completion")
        defer { folder.remove() }
        let made = try await CommandRun.run(TestStudio.programs + "/avstudio", ["completion", shell])
        #expect(made.status == 0)
        let script = folder.appending("avstudio.\(shell)")
        try made.output.write(toFile: script, atomically: true, encoding: .utf8)
        for (line, word) in [("audio norm", "normalize"), ("audio normalize --preset spot", "spotify"), ("keys cr", "create")] {
            let (program, arguments) = asking(shell, script, for: line, until: word)
            let run = try await CommandRun.run(
                "timeout", ["20", program] + arguments, environment: ["HOME": folder.path, "TERM": "dumb"])
            #expect(run.status == 0 && run.output.contains(word), "\(line): \(run.output)\(run.errors)")
        }
    }

    /// Another studio there would be taken for this one.
    @Test(arguments: [8, 1, 0]) func aTakenPortIsToldBeforeAnythingStarts(_ place: Int) async throws {
        let folder = try TemporaryFolder("taken")
        defer { folder.remove() }
        let (listener, port) = try Loopback.listen()
        defer { close(listener) }
        let state = folder.appending("var")
        let run = try await CommandRun.run(
            TestStudio.programs + "/avstudio", ["up", "--var", state, "--port", "\(port - place)"], limit: 60)
        #expect(run.status != 0 && run.errors.contains("taken by"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    private func asking(_ shell: String, _ script: String, for line: String, until word: String) -> (String, [String]) {
        let words = line.split(separator: " ").count
        switch shell {
        case "bash":
            let question = "COMP_WORDS=(avstudio \(line)); COMP_CWORD=\(words); _avstudio; echo ${COMPREPLY[@]}"
            return ("bash", ["-c", "source \(script); \(question)"])
        case "fish": return ("fish", ["--no-config", "-c", "source \(script); complete -C 'avstudio \(line)'"])
        default:
            // Only a shell that somebody types into completes.
            let session = """
                zmodload zsh/zpty
                zpty typed zsh -f -i
                zpty -w typed 'PS1=; autoload -Uz compinit; compinit -u -D; source \(script); print sour''ced'
                zpty -r -m typed seen '*sourced*'
                zpty -w -n typed $'avstudio \(line)\t'
                zpty -r -m typed seen '*\(word)*' && print -r -- $seen
                zpty -d typed
                """
            return ("zsh", ["-f", "-c", session])
        }
    }

    @Test(
        arguments: [
            (["nonsense"], 2), (["keys"], 2), (["help"], 0), (["audio", "normalize", "--help"], 0),
            (["audio", "normalize", "--preset", "loud", "x"], 2),
        ] as [([String], Int32)])
    func exitCodes(_ words: [String], _ code: Int32) async throws {
        #expect(try await CommandRun.run(TestStudio.programs + "/avstudio", words).status == code)
    }

    @Test func anUnreachableStudioIsExitCode3() async throws {
        let run = try await CommandRun.run(
            TestStudio.programs + "/avstudio", ["jobs", "list", "--url", "http://127.0.0.1:1", "--key", "k"])
        #expect(run.status == 3)
    }
}
