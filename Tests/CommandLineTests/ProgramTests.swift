import CommandLineCore
import Contracts
import FoundationEssentials
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
    }

    /// The documents in the tree are those that the code makes.
    @Test(arguments: ContractDocuments.all.map(\.path)) func publishedDocumentIsCurrent(_ path: String) throws {
        let document = try #require(ContractDocuments.all.first { $0.path == path })
        let file = try #require(FileManager.default.contents(atPath: Self.root + "/contracts/" + path), "run avstudio contracts")
        #expect(Bytes(file) == document.bytes, "run avstudio contracts")
    }

    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

    @Test(arguments: ["bash", "zsh", "fish"]) func completionIsValid(_ shell: String) async throws {
        let run = try await CommandRun.run(TestStudio.programs + "/avstudio", ["completion", shell])
        #expect(run.status == 0)
        #expect(run.output.contains("normalize"))
        if shell == "bash" {
            let checked = try await CommandRun.run("bash", ["-c", run.output + "\ncomplete -p avstudio"])
            #expect(checked.status == 0, "\(checked.errors)")
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
