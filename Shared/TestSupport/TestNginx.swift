import FoundationEssentials
import Glibc
package import Primitives
import Synchronization

/// A real nginx on the loopback, in one process and with its files in a folder of its own. It can be killed and started again.
package final class TestNginx: Sendable {
    /// The folder `files` in it is served.
    package let folder: String
    private let reserved: ReservedPort
    private let isSecure: Bool
    private let process = Mutex<pid_t?>(nil)

    package var port: Int { reserved.number }
    package var url: String { "\(isSecure ? "https" : "http")://127.0.0.1:\(port)" }

    /// - Parameters:
    ///   - modules: names of dynamic modules to load.
    ///   - isSecure: `certificate.pem` and `certificate.key` are put into its folder.
    ///   - blocks: the configuration behind `events`; gets the folder and the port.
    package init(
        modules: [String] = [], isSecure: Bool = false, _ blocks: (_ folder: String, _ port: Int) -> String
    ) async throws {
        self.isSecure = isSecure
        folder = FileManager.default.temporaryDirectory.path + "/nginx-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/files", withIntermediateDirectories: true)
        reserved = try ReservedPort()
        if isSecure { _ = try await TestCertificate.make(in: folder) }
        let loads = modules.map { "load_module \($0);\n" }.joined()
        let text = """
            \(loads)daemon off; master_process off; user root; pid \(folder)/nginx.pid;
            events { worker_connections 512; }
            \(blocks(folder, reserved.number))
            """
        try text.write(toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
        try await start()
    }

    /// One that serves the folder `files` by HTTP.
    /// - Parameters:
    ///   - isSecure: by HTTPS and HTTP/2; `certificate.pem` in its folder is to be trusted.
    ///   - zones: lines of the block `http`.
    ///   - locations: lines of the block `server`.
    package static func files(isSecure: Bool = false, zones: String = "", locations: String = "") async throws -> TestNginx {
        try await TestNginx(isSecure: isSecure) { folder, port in
            """
            http {
                access_log off; client_body_temp_path \(folder)/body; proxy_temp_path \(folder)/proxy;
                fastcgi_temp_path \(folder)/fastcgi; uwsgi_temp_path \(folder)/uwsgi; scgi_temp_path \(folder)/scgi;
                types { text/html html; video/mp4 mp4; } default_type application/octet-stream;
                \(zones)
                \(isSecure ? "ssl_certificate certificate.pem; ssl_certificate_key certificate.key;" : "")
                server { listen 127.0.0.1:\(port) \(isSecure ? "ssl http2" : ""); root \(folder)/files; \(locations) }
            }
            """
        }
    }

    /// Puts a file into the folder that is served.
    package func add(_ name: String, _ bytes: Bytes) throws {
        let path = folder + "/files/" + name
        let parent = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Starts it when it does not run.
    package func start() async throws {
        try process.withLock { process in
            guard process == nil else { return }
            // Should this process be killed, the server must not stay for ever.
            var spawn = ProcessSpawn([
                "timeout", "--foreground", "600", "nginx", "-p", folder, "-c", folder + "/nginx.conf", "-e", folder + "/error.log",
            ])
            (spawn.output, spawn.errors) = (.null, .null)
            process = try spawn.start()
        }
        try await eventually("nginx accepts") { Loopback.accepts(port) }
    }

    /// Ends it in the middle of whatever it does.
    package func kill() {
        process.withLock { process in
            guard let timeout = process else { return }
            if let text = try? String(contentsOfFile: folder + "/nginx.pid", encoding: .utf8),
                let pid = pid_t(text.filter(\.isNumber))
            {
                Glibc.kill(pid, SIGKILL)
            }
            Glibc.kill(timeout, SIGTERM)
            var status: Int32 = 0
            waitpid(timeout, &status, 0)
            process = nil
        }
    }

    /// Ends it and removes its folder.
    package func stop() throws {
        kill()
        try FileManager.default.removeItem(atPath: folder)
    }
}
