import FoundationEssentials
import Primitives

/// Where a studio on this machine keeps its things, and at which ports its parts are.
struct StudioLayout: Sendable {
    /// The folder of the product: templates and tools are found from here.
    let root: String
    let state: String
    let listen: String
    let port: Int

    var gatewayPort: Int { port + 1 }
    var audioPort: Int { port + 2 }
    var videoPort: Int { port + 3 }
    var analyticsPort: Int { port + 4 }
    var alertingPort: Int { port + 5 }
    var natsPort: Int { port + 8 }
    var natsMonitorPort: Int { port + 9 }
    var localLLMPort: Int { port + 10 }

    /// The ports at which a part listens, its own first.
    func ports(of part: String) -> [Int] {
        switch part {
        case "nats-server": [natsPort, natsMonitorPort]
        case "local-llm": [localLLMPort]
        case "gateway": [gatewayPort]
        case "audio": [audioPort]
        case "video": [videoPort]
        case "analytics": [analyticsPort]
        case "alerting": [alertingPort]
        default: [port]
        }
    }

    var logs: String { state + "/log" }
    var run: String { state + "/run" }
    var secrets: String { state + "/secrets" }
    var ownerKeyFile: String { secrets + "/owner.key" }
    var masterKeyFile: String { secrets + "/gateway.key" }
    /// Rules, receivers and routes, made with defaults at the first start.
    var alertsFile: String { state + "/alerts.yaml" }
    var identityKeyFile: String { secrets + "/identity.key" }
    /// Models are installed once for every studio of this folder.
    let models: String
    var natsServer: String { root + "/var/tools/bin/nats-server" }
    /// The folder of this program; the services' programs are beside it.
    let programs: String

    /// The users of nats-server.
    static let natsUsers = ["gateway", "audio", "video", "analytics", "alerting", "cli"]

    func natsPasswordFile(_ user: String) -> String { secrets + "/nats-\(user).password" }

    /// - Throws: `CommandFailure` when the templates are not found.
    init(_ arguments: Arguments, environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure) {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        programs = String(executable[..<(executable.lastIndex(of: "/") ?? executable.startIndex)])
        let working = FileManager.default.currentDirectoryPath
        let candidates = [environment["AVSTUDIO_HOME"], working].compactMap { $0 } + Self.parents(of: programs)
        guard let root = candidates.first(where: { FileManager.default.fileExists(atPath: $0 + "/nginx/nginx.conf.in") }) else {
            throw .usage("run this from the studio's folder, or set AVSTUDIO_HOME to it")
        }
        self.root = root
        models = environment["AVSTUDIO_MODELS"] ?? root + "/var/models"
        let folder = arguments["var"] ?? environment["AVSTUDIO_VAR"] ?? root + "/var"
        state = folder.hasPrefix("/") ? folder : working + "/" + folder
        listen = arguments["listen"] ?? "127.0.0.1"
        port = try arguments.integer("port", in: 1...65_000) ?? 8080
    }

    private static func parents(of path: String) -> [String] {
        var (parents, rest) = ([String](), path[...])
        while let slash = rest.lastIndex(of: "/"), slash > rest.startIndex {
            rest = rest[..<slash]
            parents.append(String(rest))
        }
        return parents
    }
}
