import Cryptography
import FoundationEssentials
import Glibc
import HTTP
import HTTPClient
import Primitives

/// The studio on this machine: nats-server, the services and nginx as background processes.
struct LocalStudio: Sendable {
    let layout: StudioLayout

    private func daemon(_ name: String) -> DaemonProcess { DaemonProcess(name: name, layout: layout) }
    private static let order = ["nats-server", "local-llm", "gateway", "audio", "video", "analytics", "alerting", "nginx"]
    private static let localLLM = "local-llm"

    /// The parts of this studio, dependencies first. The local language model is one from when it is asked for until `down`.
    private var parts: [String] { Self.order.filter { $0 != Self.localLLM || daemon($0).isWanted } }

    /// Starts what does not run yet and waits until everything is ready.
    /// - Parameter withLocalLLM: whether a language model shall run here too.
    /// - Returns: the owner key when this start made it.
    func up(
        benchOperations: Bool, withLocalLLM: Bool, say: @escaping @Sendable (String) -> Void
    ) async throws -> String? {
        let names = withLocalLLM ? Self.order : parts
        try await refuseTakenPorts(of: names)
        try prepare()
        let hadOwnerKey = FileManager.default.fileExists(atPath: layout.ownerKeyFile)
        for name in names {
            if daemon(name).pid == nil {
                say("starting \(name)")
                try start(name, benchOperations)
            }
            // One that was ending a moment ago has ended now.
            if try await !waitUntilReady(name) {
                say("starting \(name) again")
                try start(name, benchOperations)
                guard try await waitUntilReady(name) else { throw notReady(name) }
            }
        }
        return hadOwnerKey ? nil : Self.text(layout.ownerKeyFile)
    }

    /// Ends everything, the public door first, each part after those that need it.
    func down(say: @escaping @Sendable (String) -> Void) async throws {
        for name in parts.reversed() {
            if daemon(name).pid != nil { say("stopping \(name)") }
            try await daemon(name).stop(signal: name == "nginx" ? SIGQUIT : SIGTERM) {
                say("waiting for \(name), a minute at most")
            }
        }
    }

    /// Each part with its process and whether it is ready.
    func status() async -> [(name: String, pid: pid_t?, isReady: Bool)] {
        var parts: [(name: String, pid: pid_t?, isReady: Bool)] = []
        for name in self.parts { parts.append((name, daemon(name).pid, await isReady(name))) }
        return parts
    }

    /// What answers at the port of a part that does not run would be taken for it.
    /// - Throws: `CommandFailure`, before anything is started, when somebody else listens there.
    private func refuseTakenPorts(of names: [String]) async throws {
        let end = ContinuousClock.now + .seconds(2)
        for name in names where daemon(name).pid == nil {
            for port in layout.ports(of: name) {
                // One that has been killed gives its port up in a moment.
                while !LocalPort.isFree(port) {
                    guard ContinuousClock.now < end else {
                        throw CommandFailure(
                            .failed,
                            "port \(port), which \(name) needs, is taken by another program, perhaps another studio: end that, or "
                                + "choose other ports with --port")
                    }
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        }
    }

    private func prepare() throws {
        for folder in [
            layout.state, layout.logs, layout.run, layout.secrets, layout.state + "/nginx", layout.state + "/nats",
            layout.state + "/blobs",
        ] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        chmod(layout.secrets, 0o700)
        try makeSecret(layout.identityKeyFile)
        for user in StudioLayout.natsUsers { try makeSecret(layout.natsPasswordFile(user)) }
        if !FileManager.default.fileExists(atPath: layout.alertsFile) {
            try FileManager.default.copyItem(atPath: layout.root + "/deploy/config/alerts.yaml", toPath: layout.alertsFile)
        }
        try Template.render(layout.root + "/deploy/nats/nats-server.conf.in", to: layout.run + "/nats-server.conf", natsValues())
        try Template.render(layout.root + "/nginx/nginx.conf.in", to: layout.run + "/nginx.conf", nginxValues())
    }

    private func makeSecret(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CommandFailure(.failed, "\(path) can not be written") }
        defer { close(file) }
        let bytes = Bytes(Hex.encode(SecureRandom.bytes(32)).utf8)
        guard write(file, bytes, bytes.count) == bytes.count else { throw CommandFailure(.failed, "\(path) can not be written") }
    }

    private func natsValues() -> [String: String] {
        var values = [
            "LISTEN": "127.0.0.1", "NATS_PORT": "\(layout.natsPort)", "NATS_MONITOR": "127.0.0.1:\(layout.natsMonitorPort)",
            "VAR": layout.state, "MAX_FILE_STORE": "4GB",
        ]
        for user in StudioLayout.natsUsers {
            values["\(user.uppercased())_PASSWORD"] = Self.text(layout.natsPasswordFile(user)) ?? ""
        }
        return values
    }

    private func nginxValues() -> [String: String] {
        [
            "USER": Self.userName, "VAR": layout.state, "HTML": layout.root + "/.build/dashboard", "LISTEN": layout.listen,
            "PORT": "\(layout.port)", "GATEWAY": "127.0.0.1:\(layout.gatewayPort)", "AUDIO": "127.0.0.1:\(layout.audioPort)",
            "VIDEO": "127.0.0.1:\(layout.videoPort)", "ANALYTICS": "127.0.0.1:\(layout.analyticsPort)",
            "ALERTING": "127.0.0.1:\(layout.alertingPort)",
            "BLOBS": layout.state + "/blobs", "RATE": "200", "BURST": "400",
            "CONNECTIONS": "256",
        ]
    }

    private static var userName: String {
        guard let entry = getpwuid(getuid()) else { return "root" }
        return String(cString: entry.pointee.pw_name)
    }

    private func start(_ name: String, _ benchOperations: Bool) throws {
        let own = [
            "--nats-url", "nats://127.0.0.1:\(layout.natsPort)", "--identity-key-file", layout.identityKeyFile, "--state-folder",
            layout.state + "/" + name, "--nats-user", name, "--nats-password-file", layout.natsPasswordFile(name),
        ]
        let common = own + ["--blob-folder", layout.state + "/blobs"]
        switch name {
        case "nats-server":
            try daemon(name).start([layout.natsServer, "-c", layout.run + "/nats-server.conf"], writesPidFile: true)
        case "gateway":
            try daemon(name).start(
                [
                    "\(layout.programs)/avstudio-gateway", "serve", "--http-port", "\(layout.gatewayPort)", "--owner-key-file",
                    layout.ownerKeyFile, "--master-key-file", layout.masterKeyFile,
                    "--accel-redirect", "true", "--models-file", layout.root + "/deploy/models-llm/models.yaml", "--pricing-file",
                    layout.root + "/deploy/models-llm/pricing.yaml", "--vocabulary-folder", layout.models + "/openai-encodings",
                ] + common, environment: ["LLAMACPP_BASE_URL": "http://127.0.0.1:\(layout.localLLMPort)/v1"])
        case Self.localLLM:
            try daemon(name).start(
                ["\(layout.root)/deploy/local-llm", "--prefix", layout.models, "--port", "\(layout.localLLMPort)"])
        case "audio":
            try daemon(name).start(
                [
                    "\(layout.programs)/avstudio-audio", "serve", "--http-port", "\(layout.audioPort)", "--scratch-folder",
                    layout.state + "/audio/scratch", "--bench-operations", "\(benchOperations)", "--model-folder", layout.models,
                    "--preset-folder", layout.root + "/deploy/presets",
                ] + common)
        case "video":
            try daemon(name).start(
                [
                    "\(layout.programs)/avstudio-video", "serve", "--http-port", "\(layout.videoPort)", "--scratch-folder",
                    layout.state + "/video/scratch", "--gateway-url", "http://127.0.0.1:\(layout.gatewayPort)",
                    "--tool-folder", layout.root + "/var/tools",
                ] + common)
        case "analytics":
            try daemon(name).start(
                ["\(layout.programs)/avstudio-analytics", "serve", "--http-port", "\(layout.analyticsPort)"] + own)
        case "alerting":
            let probes = ["gateway": layout.gatewayPort, "audio": layout.audioPort, "video": layout.videoPort]
                .merging(["analytics": layout.analyticsPort]) { $1 }.sorted { $0.key < $1.key }
                .map { "\($0.key)=http://127.0.0.1:\($0.value)/readyz" }.joined(separator: ",")
            try daemon(name).start(
                [
                    "\(layout.programs)/avstudio-alerting", "serve", "--http-port", "\(layout.alertingPort)", "--alerts-file",
                    layout.alertsFile, "--analytics-url", "http://127.0.0.1:\(layout.analyticsPort)", "--probes", probes,
                    "--private-hosts", "127.0.0.1,localhost", "--public-url", "http://127.0.0.1:\(layout.port)",
                ] + own)
        default:
            try daemon(name).start(
                [try Self.nginxProgram(), "-p", layout.state + "/nginx/", "-c", layout.run + "/nginx.conf"], writesPidFile: true)
        }
    }

    static func nginxProgram() throws(CommandFailure) -> String {
        for path in ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"] where access(path, X_OK) == 0 { return path }
        throw CommandFailure(.failed, "nginx is not installed; deploy/run installs it")
    }

    /// - Returns: false when the process has ended.
    /// - Throws: `CommandFailure` when it runs but does not get ready.
    private func waitUntilReady(_ name: String) async throws -> Bool {
        let begun = ContinuousClock.now
        while ContinuousClock.now - begun < .seconds(30) {
            if await isReady(name) { return true }
            // The pid file may take a moment to appear.
            if daemon(name).pid == nil && ContinuousClock.now - begun > .seconds(2) { return false }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw notReady(name)
    }

    private func notReady(_ name: String) -> CommandFailure {
        CommandFailure(
            .failed, "\(name) did not get ready. The end of \(daemon(name).logFile):\n\(daemon(name).logTail())")
    }

    private func isReady(_ name: String) async -> Bool {
        let url =
            switch name {
            case "nats-server": "http://127.0.0.1:\(layout.natsMonitorPort)/healthz"
            case "gateway": "http://127.0.0.1:\(layout.gatewayPort)/readyz"
            case "audio": "http://127.0.0.1:\(layout.audioPort)/readyz"
            case "video": "http://127.0.0.1:\(layout.videoPort)/readyz"
            case "analytics": "http://127.0.0.1:\(layout.analyticsPort)/readyz"
            case "alerting": "http://127.0.0.1:\(layout.alertingPort)/readyz"
            case Self.localLLM: "http://127.0.0.1:\(layout.localLLMPort)/health"
            default: "http://127.0.0.1:\(layout.port)/healthz"
            }
        let client = HTTPClient(configuration: HTTPClientConfiguration(egress: .allowing(["127.0.0.1"])))
        var request = ClientRequest(.get, url, headers: [:], body: .none)
        request.deadline = .seconds(2)
        let status = try? await client.send(request).status
        await client.shutdown()
        return status == .ok
    }

    static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(String(decoding: $0, as: UTF8.self).prefix { !$0.isWhitespace }) }
    }
}

/// Configuration templates with `@NAME@` placeholders.
enum Template {
    /// - Throws: `CommandFailure` when a placeholder has no value or a file can not be read or written.
    static func render(_ source: String, to target: String, _ values: [String: String]) throws(CommandFailure) {
        guard let data = FileManager.default.contents(atPath: source) else {
            throw CommandFailure(.failed, "\(source) can not be read")
        }
        var text = String(decoding: data, as: UTF8.self)
        for (name, value) in values { text = text.replacing("@\(name)@", with: value) }
        if let rest = text.firstMatch(of: /@[A-Z_]+@/) { throw CommandFailure(.failed, "\(source): no value for \(rest.output)") }
        // The configuration of nats-server holds passwords.
        unlink(target)
        let file = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw CommandFailure(.failed, "\(target) can not be written") }
        defer { close(file) }
        let bytes = Bytes(text.utf8)
        guard write(file, bytes, bytes.count) == bytes.count else { throw CommandFailure(.failed, "\(target) can not be written") }
    }
}
