import FoundationEssentials
import Primitives
import TestSupport
import Testing

/// What the README promises of a studio with a language model on the same machine.
@Suite struct LocalModelTests {
    private static let python = Readme.root + "/var/test-venv/bin/python"
    private static var isWanted: Bool { LocalModelServer.isWanted && ClientPrograms.areWanted(python) }

    @Test(.enabled(if: isWanted, "deploy/test installs the model and the SDKs"))
    func theSnippetsOfTheReadmeWorkWithoutAnyKey() async throws {
        let studio = try await TestStudio.start(withLocalLLM: true)
        let status = try await studio.avstudio(["status"])
        #expect(status.output.contains("local-llm"), "\(status.output)")
        // The snippets are run where `var` is the studio's state, at the port that it has.
        let folder = try TemporaryFolder("readme")
        defer { folder.remove() }
        try FileManager.default.createSymbolicLink(atPath: folder.appending("var"), withDestinationPath: studio.folder)
        let environment = ["KEY": studio.ownerKey]
        let here = { (text: String) in text.replacing(":8080", with: ":\(studio.port)") }
        let python = try Readme.snippets("Language models", "python")
        #expect(python.count == 1)
        for snippet in python {
            let run = try await CommandRun.run(Self.python, ["-c", here(snippet)], in: folder.path)
            try #require(run.status == 0, "\(run.errors)")
            #expect(run.output.hasPrefix("['\(LocalModelServer.model)']\n"), "\(run.output)")
            #expect(run.output.split(separator: "\n").count >= 3, "\(run.output)")
        }
        for snippet in try Readme.snippets("Language models", "sh") {
            let run = try await CommandRun.run(
                "/bin/bash", ["-euo", "pipefail", "-c", here(snippet)], environment: environment, in: folder.path)
            #expect(run.status == 0 && !run.output.contains("\"status\":4"), "\(run.output)\(run.errors)")
        }
        try await expectThatLeavingStopsTheModel(studio)
        try await studio.stop()
    }

    /// Through nginx too, a caller who goes away ends the work at once.
    private func expectThatLeavingStopsTheModel(_ studio: TestStudio) async throws {
        let question: JSONValue = [
            "model": .string(LocalModelServer.model), "max_tokens": 2000, "stream": true,
            "messages": [["role": "user", "content": "Count from one to a thousand."]],
        ]
        func ends() -> [Substring] {
            let log = (try? String(contentsOf: URL(filePath: studio.folder + "/log/local-llm.log"), encoding: .utf8)) ?? ""
            return log.split(separator: "\n").filter { $0.contains("stop processing: n_tokens") }
        }
        let before = ends().count
        // Leaves with the first bytes.
        let run = try await CommandRun.run(
            "/bin/bash",
            [
                "-c", "curl -sN -H \"Authorization: Bearer $KEY\" -d \"$BODY\" $URL/v1/chat/completions | head -c 200",
            ],
            environment: [
                "KEY": studio.ownerKey, "URL": studio.url, "BODY": String(decoding: question.serialized(), as: UTF8.self),
            ])
        #expect(run.output.hasPrefix("data: {"), "\(run.output)")
        try await eventually("the model stops") { ends().count > before }
        let tokens = ends().last?.split(separator: "n_tokens = ").last.flatMap { Int($0.prefix { $0.isNumber }) }
        #expect((tokens ?? 2000) < 1000, "the model went on for \(tokens ?? 0) tokens")
    }
}
