import Foundation
package import Glibc
package import HTTP
import HTTPClient
package import Primitives
import Synchronization

/// A whole studio on this machine, started by `avstudio up` with its own state and ports: nats-server, gateway, audio, nginx.
package final class TestStudio: Sendable {
    package struct Failure: CodedError {
        package let message: String
        package var code: String { "test-studio" }

        package init(message: String) {
            self.message = message
        }
    }

    /// The folder of the programs that the tests were built with.
    package static let programs: String = {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return String(executable.prefix(upTo: executable.lastIndex(of: "/") ?? executable.startIndex))
    }()

    package let folder: String
    package let port: Int
    package let ownerKey: String
    package var url: String { "http://127.0.0.1:\(port)" }
    private let environment: [String: String]
    private let client = HTTPClient(
        configuration: HTTPClientConfiguration(retry: nil, circuitBreaker: nil, egress: .allowing(["127.0.0.1"])))

    private init(folder: String, port: Int, ownerKey: String, environment: [String: String]) {
        (self.folder, self.port, self.ownerKey, self.environment) = (folder, port, ownerKey, environment)
    }

    /// - Parameters:
    ///   - state: folder for the state; a new one by default.
    ///   - environment: configuration of the services, for example `AVSTUDIO_ACK_WAIT_SECONDS`.
    ///   - withLocalLLM: with the language model that `LocalModelServer` is about.
    package static func start(
        state: String? = nil, environment: [String: String] = [:], withLocalLLM: Bool = false
    ) async throws -> TestStudio {
        let folder = state ?? FileManager.default.temporaryDirectory.path + "/studio-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let port = try freePorts()
        let run = try await CommandRun.run(
            programs + "/avstudio",
            ["up", "--var", folder, "--port", "\(port)", "--bench-operations", "--json"]
                + (withLocalLLM ? ["--with-local-llm"] : []),
            environment: environment)
        guard run.status == 0 else { throw Failure(message: run.errors + run.output) }
        running.withLock { _ = $0.insert(folder) }
        let key =
            try JSONValue(parsing: Bytes(run.output.utf8))["owner_key"]?.stringValue
            ?? String(contentsOfFile: folder + "/secrets/owner.key", encoding: .utf8).trimmingCharacters(
                in: .whitespacesAndNewlines)
        return TestStudio(folder: folder, port: port, ownerKey: key, environment: environment)
    }

    /// Starts the parts that do not run.
    package func up() async throws {
        let run = try await avstudio(["up", "--bench-operations", "--json"])
        guard run.status == 0 else { throw Failure(message: run.errors + run.output) }
    }

    /// Ends the studio and removes its state.
    package func stop() async throws {
        let run = try await avstudio(["down"])
        Self.running.withLock { _ = $0.remove(folder) }
        await client.shutdown()
        try FileManager.default.removeItem(atPath: folder)
        guard run.status == 0 else { throw Failure(message: run.errors + run.output) }
    }

    /// The process of a part: `audio`, `gateway`, `nats-server`, `nginx`.
    package func pid(_ part: String) throws -> pid_t {
        let text = try String(contentsOfFile: "\(folder)/run/\(part).pid", encoding: .utf8)
        guard let word = text.split(whereSeparator: \.isWhitespace).first, let pid = pid_t(word) else {
            throw Failure(message: "no pid of \(part)")
        }
        return pid
    }

    /// Starts a worker of the audio service as a process of its own.
    /// - Returns: its identifier; the caller ends it and waits for it.
    package func startWorker(_ number: Int) throws -> pid_t {
        var spawn = ProcessSpawn([
            Self.programs + "/avstudio-audio", "work", "--nats-url", "nats://127.0.0.1:\(port + 8)", "--nats-user", "audio",
            "--nats-password-file", folder + "/secrets/nats-audio.password", "--blob-folder", folder + "/blobs",
            "--identity-key-file", folder + "/secrets/identity.key", "--state-folder", folder + "/worker-\(number)",
            "--scratch-folder", folder + "/worker-\(number)/scratch", "--bench-operations", "true",
        ])
        let own = ProcessInfo.processInfo.environment
        spawn.environment = own.merging(environment) { $1 }.merging(["AVSTUDIO_WORKER_SLOTS": "2"]) { $1 }.map { $0 + "=" + $1 }
        let log = folder + "/log/worker-\(number).log"
        (spawn.output, spawn.errors) = (.appending(log), .appending(log))
        return try spawn.start()
    }

    /// Runs the command line against this studio.
    package func avstudio(_ arguments: [String], in folder: String? = nil) async throws -> CommandRun {
        let local = ["up", "down", "status", "doctor"].contains(arguments.first ?? "")
        let words = arguments + (local ? ["--var", self.folder, "--port", "\(port)"] : [])
        return try await CommandRun.run(
            Self.programs + "/avstudio", words,
            environment: environment.merging(["AVSTUDIO_URL": url, "AVSTUDIO_KEY": ownerKey]) { $1 }, in: folder)
    }

    /// Sends a request with the owner key, or another.
    package func send(
        _ method: HTTPMethod, _ path: String, body: Bytes? = nil, headers: HTTPHeaders = [:], key: String? = nil
    ) async throws -> (status: Int, headers: HTTPHeaders, body: Bytes) {
        var headers = headers
        headers["Authorization"] = "Bearer \(key ?? ownerKey)"
        var request = ClientRequest(method, url + path, headers: headers, body: body.map { .bytes($0) } ?? .none)
        request.deadline = .seconds(120)
        let response = try await client.send(request)
        return (response.status.rawValue, response.headers, try await response.collect(upTo: .mib(512)))
    }

    /// Sends a JSON request and reads a JSON answer.
    package func json(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, headers: HTTPHeaders = [:], key: String? = nil
    ) async throws -> (status: Int, document: JSONValue, headers: HTTPHeaders) {
        var headers = headers
        if body != nil { headers["Content-Type"] = "application/json" }
        let answer = try await send(method, path, body: body?.serialized(), headers: headers, key: key)
        return (answer.status, answer.body.isEmpty ? .null : try JSONValue(parsing: answer.body), answer.headers)
    }

    /// Uploads bytes under a name.
    /// - Returns: the file's identifier.
    package func upload(_ bytes: Bytes, name: String, key: String? = nil) async throws -> String {
        let headers: HTTPHeaders = [
            "Content-Type": "application/octet-stream",
            "Content-Disposition": "attachment; filename*=UTF-8''\(PercentEncoding.encode(name))",
        ]
        let answer = try await send(.post, "/files", body: bytes, headers: headers, key: key)
        guard answer.status == 201, let id = try JSONValue(parsing: answer.body)["id"]?.stringValue else {
            throw Failure(message: "upload: \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
        return id
    }

    /// Folders of the studios of this process. Those that are left when it exits, for a test threw or the one that ends them was left
    /// out, are ended then.
    private static let running: Mutex<Set<String>> = {
        atexit {
            for folder in TestStudio.running.withLock({ $0 }) {
                let down = ProcessSpawn([TestStudio.programs + "/avstudio", "down", "--var", folder])
                if let process = try? down.start() { waitpid(process, nil, 0) }
                try? FileManager.default.removeItem(atPath: folder)
            }
        }
        return Mutex([])
    }()

    /// The first ports of the studios of this process: one that is starting does not listen yet.
    private static let taken = Mutex<Set<Int>>([])

    /// Consecutive ports that nobody listens on, as many as a studio with all its parts takes.
    private static func freePorts() throws -> Int {
        for _ in 0..<100 {
            let base = Int.random(in: 1000..<1600) * 20
            if (base...base + 10).allSatisfy(Loopback.isFree), taken.withLock({ $0.insert(base).inserted }) { return base }
        }
        throw Failure(message: "no free ports")
    }
}
