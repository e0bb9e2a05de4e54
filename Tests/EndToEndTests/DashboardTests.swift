import FoundationEssentials
import Primitives
import TestSupport
import Testing

/// The dashboard in Debian's Chromium, used as people do; each scenario of Tests/Clients/dashboard tells itself what it expects,
/// and none may break the page's content security policy, log an error, or ask anybody but the studio.
@Suite(.serialized) final class DashboardTests: Sendable {
    private static let shared = SharedStudio()
    private static let folder = Readme.root + "/Tests/Clients/dashboard"
    private static let python = Readme.root + "/var/browser-venv/bin/python"
    private static var isWanted: Bool {
        ClientPrograms.areWanted(
            python, "/usr/bin/chromium", "/usr/bin/chromedriver", Readme.root + "/.build/dashboard/index.html")
    }

    @Test(
        .enabled(if: isWanted, "deploy/test installs the browser and bundles the page"),
        arguments: [
            "job", "form", "forms", "drops", "resume", "access", "live", "keyboard", "alerts", "refused", "storm", "pages", "visit",
            "webhooks", "members", "unusual", "blind", "pipelines", "quality", "figures", "limits", "exports",
            "spending", "handled", "elsewhere", "newcomer", "results", "pictures",
        ])
    func page(_ scenario: String) async throws {
        let studio = try await Self.shared.studio()
        let folder = try TemporaryFolder("dashboard")
        defer { folder.remove() }
        let recording = folder.appending("talk.wav")
        try Data(try await Recording.speech()).write(to: URL(filePath: recording))
        // Longer than a scenario waits itself, which says for what.
        let run = try await CommandRun.run(
            Self.python, ["-B", Self.folder + "/dashboard.py", scenario, studio.url, studio.ownerKey, recording, studio.folder],
            limit: 1800)
        #expect(run.status == 0, "\(run.errors)")
        // One scenario ends a part.
        try await studio.up()
    }

    @Test func endsTheSharedStudio() async throws {
        try await Self.shared.stop()
    }
}
