import FoundationEssentials
import Primitives
import TestSupport
import Testing

/// What the README promises of a studio with a language model on the same machine.
@Suite struct LocalModelTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    private static let python = root + "/var/test-venv/bin/python"
    private static var isPossible: Bool { LocalModelServer.isInstalled && FileManager.default.fileExists(atPath: python) }

    /// The code blocks of a language in a section of the README.
    private static func snippets(_ section: String, _ language: String) throws -> [String] {
        let text = try String(contentsOf: URL(filePath: root + "/README.md"), encoding: .utf8)
        let after = try #require(text.firstRange(of: "\n## \(section)\n")).upperBound
        let end = text[after...].firstRange(of: "\n## ")?.lowerBound ?? text.endIndex
        return text[after..<end].split(separator: "```\(language)\n").dropFirst().compactMap {
            $0.split(separator: "```", maxSplits: 1).first.map(String.init)
        }
    }

    @Test(.enabled(if: isPossible, "deploy/test installs the model and the SDKs"))
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
        let python = try Self.snippets("Language models", "python")
        #expect(python.count == 1)
        for snippet in python {
            let run = try await CommandRun.run(Self.python, ["-c", here(snippet)], in: folder.path)
            try #require(run.status == 0, "\(run.errors)")
            #expect(run.output.hasPrefix("['\(LocalModelServer.model)']\n"), "\(run.output)")
            #expect(run.output.split(separator: "\n").count >= 3, "\(run.output)")
        }
        for snippet in try Self.snippets("Language models", "sh") {
            let run = try await CommandRun.run(
                "/bin/bash", ["-euo", "pipefail", "-c", here(snippet)], environment: environment, in: folder.path)
            #expect(run.status == 0 && !run.output.contains("\"status\":4"), "\(run.output)\(run.errors)")
        }
        try await studio.stop()
    }
}
