import Foundation
import Glibc
package import HTTP
package import HTTPClient
package import Primitives
import Synchronization

/// The gateway as a process of its own, with a nats-server and models that a test chooses.
package final class TestGateway: Sendable {
    package struct Failure: CodedError {
        package let message: String
        package var code: String { "test-gateway" }
    }

    package let folder: TemporaryFolder
    package let ownerKey: String
    private let reserved: ReservedPort
    package var port: Int { reserved.number }
    package let nats: NATSServer
    private let process: Mutex<pid_t?>
    private let settings: [String: String]
    private let environment: [String: String]
    package let client = HTTPClient(
        configuration: HTTPClientConfiguration(
            retry: nil, circuitBreaker: nil, egress: .allowing(["127.0.0.1"]), maximumConnectionsPerHost: 1200,
            maximumConnections: 1200))

    package var url: String { "http://127.0.0.1:\(port)" }

    private init(
        _ folder: TemporaryFolder, _ nats: NATSServer, _ port: ReservedPort, _ ownerKey: String, _ process: pid_t,
        _ settings: [String: String], _ environment: [String: String]
    ) {
        (self.folder, self.nats, reserved, self.ownerKey) = (folder, nats, port, ownerKey)
        (self.settings, self.environment) = (settings, environment)
        self.process = Mutex(process)
    }

    /// - Parameters:
    ///   - models: contents of `models.yaml`.
    ///   - pricing: contents of `pricing.yaml`.
    ///   - settings: configuration keys beside those that every test needs.
    ///   - environment: where providers' keys are.
    package static func start(
        models: String, pricing: String, settings: [String: String] = [:], environment: [String: String] = [:]
    ) async throws -> TestGateway {
        let folder = try TemporaryFolder("avstudio-models")
        try Data(models.utf8).write(to: URL(filePath: folder.appending("models.yaml")))
        try Data(pricing.utf8).write(to: URL(filePath: folder.appending("pricing.yaml")))
        try Data(Bytes(repeating: 7, count: 64)).write(to: URL(filePath: folder.appending("identity.key")))
        // The stream of events may hold a gibibyte, and is refused where there is less.
        let nats = try await NATSServer.start(maximumStore: .gib(2))
        let port = try ReservedPort()
        let process = try await launch(folder, nats, settings, environment, port: port.number)
        let key = try String(contentsOfFile: folder.appending("owner.key"), encoding: .utf8)
        return TestGateway(
            folder, nats, port, key.trimmingCharacters(in: .whitespacesAndNewlines), process, settings, environment)
    }

    /// Asks the process to read its files again.
    package func hangUp() {
        if let process = process.withLock(\.self) { Glibc.kill(process, SIGHUP) }
    }

    /// Ends the process as a power switch would.
    package func kill() {
        if let process = process.withLock({ $0.take() }) { Self.end(process, SIGKILL) }
    }

    /// Starts it again on the same state and port.
    package func restart() async throws {
        kill()
        let process = try await Self.launch(folder, nats, settings, environment, port: port)
        self.process.withLock { $0 = process }
    }

    package func stop() async {
        if let process = process.withLock({ $0.take() }) { Self.end(process, SIGTERM) }
        await client.shutdown()
        nats.stop()
        folder.remove()
    }

    /// What the process has logged so far.
    package var log: String {
        String(decoding: (try? Data(contentsOf: URL(filePath: folder.appending("gateway.log")))) ?? Data(), as: UTF8.self)
    }

    /// Sends a request with the owner key, or another.
    package func send(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, headers: HTTPHeaders = [:], key: String? = nil
    ) async throws -> ClientResponse {
        var headers = headers
        headers["Authorization"] = "Bearer \(key ?? ownerKey)"
        var request = ClientRequest(method, url + path, headers: headers, body: body.map { .bytes($0.serialized()) } ?? .none)
        (request.deadline, request.idleTimeout) = (.seconds(120), .seconds(120))
        return try await client.send(request)
    }

    /// Sends a request and reads a JSON answer.
    package func json(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, headers: HTTPHeaders = [:], key: String? = nil
    ) async throws -> (status: Int, document: JSONValue, headers: HTTPHeaders) {
        let response = try await send(method, path, body, headers: headers, key: key)
        let bytes = try await response.collect(upTo: .mib(64))
        return (response.status.rawValue, bytes.isEmpty ? .null : try JSONValue(parsing: bytes), response.headers)
    }

    private static func end(_ process: pid_t, _ signal: Int32) {
        Glibc.kill(process, signal)
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    }

    private static func launch(
        _ folder: TemporaryFolder, _ nats: NATSServer, _ settings: [String: String], _ environment: [String: String], port: Int
    ) async throws -> pid_t {
        let own = [
            "http-port": "\(port)", "nats-url": nats.url, "state-folder": folder.appending("state"),
            "blob-folder": folder.appending("blobs"), "identity-key-file": folder.appending("identity.key"),
            "owner-key-file": folder.appending("owner.key"), "master-key-file": folder.appending("master.key"),
            "models-file": folder.appending("models.yaml"),
            "pricing-file": folder.appending("pricing.yaml"), "vocabulary-folder": folder.appending("none"),
            "minimum-free-bytes": "0",
        ]
        let words = own.merging(settings) { $1 }.flatMap { ["--" + $0.key, $0.value] }
        var spawn = ProcessSpawn([TestStudio.programs + "/avstudio-gateway", "serve"] + words)
        spawn.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { $0 + "=" + $1 }
        let log = folder.appending("gateway.log")
        let earlier = (try? Data(contentsOf: URL(filePath: log)).count) ?? 0
        (spawn.output, spawn.errors) = (.appending(log), .appending(log))
        let process = try spawn.start()
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            let text = String(decoding: ((try? Data(contentsOf: URL(filePath: log))) ?? Data()).dropFirst(earlier), as: UTF8.self)
            if text.contains("the service is ready") { return process }
            var status: Int32 = 0
            guard waitpid(process, &status, WNOHANG) == 0 else { throw Failure(message: "the gateway ended: \(text)") }
            try await Task.sleep(for: .milliseconds(10))
        }
        end(process, SIGKILL)
        throw Failure(message: "the gateway does not get ready")
    }
}
