import AlertingCore
import FoundationEssentials
import Primitives
import TestSupport
import Testing
import YAML

/// Secrets in files of their own: a change is seen without a change of the alert file, and one that is not there is told once.
struct SecretFileTests {
    private let folder: TemporaryFolder
    private var path: String { folder.appending("alerts.yaml") }
    private var secret: String { folder.appending("secret") }

    init() throws { folder = try TemporaryFolder("secrets") }

    private func put(_ text: String, _ path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

    private func files(_ channels: String, top: String = "") throws -> AlertFiles {
        try put(alertFile(channels, top: top), path)
        return AlertFiles(path, copy: folder.appending("last.yaml"))
    }

    private func target(_ files: AlertFiles) -> String? { files.current.receivers.first?.channels.first?.target }

    @Test(arguments: ["secret", "/secret"]) func aChangeIsSeen(_ name: String) throws {
        defer { folder.remove() }
        try put("https://old.example/hook\n", secret)
        let files = try files("webhook: [{url_file: \(name == "secret" ? name : secret)}]")
        #expect(target(files) == "https://old.example")
        files.reloadIfChanged()
        #expect(files.generation == 1)
        try put("https://new.example/hook\n", secret)
        files.reloadIfChanged()
        #expect(target(files) == "https://new.example")
        #expect(files.generation == 2 && files.problem == nil)
    }

    @Test func aMissingOneIsSeenWhenItComes() throws {
        defer { folder.remove() }
        let files = try files("slack: [{token_file: secret, channel: \"#ops\"}]")
        #expect(files.current.receivers.isEmpty && files.problem != nil)
        try put("xoxb-1", secret)
        files.reloadIfChanged()
        #expect(target(files) == "#ops" && files.problem == nil)
    }

    /// A file that is gone, or is none any more, or is empty for a moment, leaves alone what is in use.
    @Test(arguments: ["gone", "a folder", "empty"]) func whatWasReadStays(_ fate: String) throws {
        defer { folder.remove() }
        try put("https://one.example/hook", secret)
        let files = try files("webhook: [{url_file: secret}]")
        try FileManager.default.removeItem(atPath: secret)
        switch fate {
        case "a folder": try FileManager.default.createDirectory(atPath: secret, withIntermediateDirectories: false)
        case "empty": try put("\n", secret)
        default: break
        }
        files.reloadIfChanged()
        #expect(target(files) == "https://one.example" && files.generation == 1)
        #expect(files.problem?.problems.count == 1 && files.problem?.message.contains(secret) == true)
        if fate == "a folder" { try FileManager.default.removeItem(atPath: secret) }
        try put("https://one.example/hook", secret)
        files.reloadIfChanged()
        #expect(files.problem == nil && files.generation == 2)
    }

    /// One error, at its line, that names the file as it was looked for.
    @Test(arguments: [
        ("slack: [{url_file: secret}]", ""), ("slack: [{token_file: secret, channel: ops}]", ""),
        ("webhook: [{url_file: secret}]", ""), ("webhook: [{url: \"https://a.example\", secret_file: secret}]", ""),
        ("email: [{to: [ann@example.org]}]", "smtp: {host: a.example, from: a@example.org, user: a, password_file: secret}"),
    ])
    func aMissingOneIsOneError(_ channels: String, _ top: String) throws {
        defer { folder.remove() }
        let problems = try files(channels, top: top).problem?.problems ?? []
        #expect(problems.map(\.text) == ["the file \(secret) can not be read: No such file or directory"])
        #expect(problems.first?.position.line == (top.isEmpty ? 5 : 2))
    }

    /// The process after this one judges rules and tells others, whatever has become of one receiver's secret.
    @Test func theNextProcessDoesNotGoBlind() throws {
        defer { folder.remove() }
        try put("https://one.example/hook", secret)
        _ = try files("webhook: [{url_file: secret}, {url: \"https://two.example\"}]")
        try FileManager.default.removeItem(atPath: secret)
        let next = AlertFiles(path, copy: folder.appending("last.yaml"))
        let channels = next.current.receivers.first?.channels ?? []
        let reason = "the file \(secret) can not be read: No such file or directory"
        #expect(channels.map(\.kind) == ["webhook", "webhook"] && channels.last?.target == "https://two.example")
        #expect(channels.first == .unusable(kind: "webhook", reason: reason))
        #expect(next.problem?.problems.map(\.text) == [reason])
        try put("https://one.example/hook", secret)
        next.reloadIfChanged()
        #expect(next.problem == nil && target(next) == "https://one.example")
    }
}
