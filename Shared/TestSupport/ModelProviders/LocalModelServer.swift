import Foundation
import Glibc
import Primitives
import Synchronization

/// llama.cpp's server with the small chat model that `deploy/models` installs, as `deploy/local-llm` starts it: a process of its
/// own on a free port of 127.0.0.1.
package final class LocalModelServer: Sendable {
    package struct Failure: CodedError {
        package let message: String
        package var code: String { "local-model-server" }
    }

    /// The folder of the product.
    private static let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined()
    /// The model's name in `models.yaml` of the product.
    package static let model = "smollm2-135m"
    /// Whether tests that need the model shall run; `deploy/test` installs it.
    package static let isWanted = ClientPrograms.areWanted(root + "/var/models/smollm2-135m-instruct/model.gguf")

    private let process: Mutex<pid_t?>
    private let folder: TemporaryFolder
    /// Where it speaks OpenAI's protocol.
    package let url: String

    private init(_ process: pid_t, _ folder: TemporaryFolder, url: String) {
        self.process = Mutex(process)
        (self.folder, self.url) = (folder, url)
    }

    deinit { stop() }

    /// Starts the server and waits until it answers calls.
    /// - Throws: `Failure` with what the server said.
    package static func start() async throws -> LocalModelServer {
        let folder = try TemporaryFolder("avstudio-local-llm")
        let log = folder.appending("server.log")
        var spawn = ProcessSpawn([root + "/deploy/local-llm", "--port", "0"])
        (spawn.output, spawn.errors) = (.appending(log), .appending(log))
        let process = try spawn.start()
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let text = Self.text(log)
            // The server's own log may stand before and behind it on its line.
            if let line = text.firstRange(of: "serving "), let url = text[line.upperBound...].firstRange(of: "http://127.0.0.1:") {
                let port = text[url.upperBound...].prefix { $0.isNumber }
                if !port.isEmpty, text[port.endIndex...].first == "\n" {
                    return LocalModelServer(process, folder, url: "\(text[url])\(port)/v1")
                }
            }
            var status: Int32 = 0
            guard waitpid(process, &status, WNOHANG) == 0 else { throw Failure(message: text) }
            try await Task.sleep(for: .milliseconds(20))
        }
        end(process)
        throw Failure(message: "the server does not get ready: \(Self.text(log))")
    }

    /// What the server has logged: among much else how many tokens each call came to.
    package var log: String { Self.text(folder.appending("server.log")) }

    /// Ends the server at once, whatever it is doing.
    package func stop() {
        guard let process = process.withLock({ $0.take() }) else { return }
        Self.end(process)
        folder.remove()
    }

    /// Waited for as well: one that nobody waits for holds up tests that start processes of their own.
    private static func end(_ process: pid_t) {
        kill(process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    }

    private static func text(_ path: String) -> String {
        String(decoding: (try? Data(contentsOf: URL(filePath: path))) ?? Data(), as: UTF8.self)
    }
}
