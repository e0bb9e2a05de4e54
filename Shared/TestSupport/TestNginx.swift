import FoundationEssentials
import Glibc
package import Primitives
import Synchronization

/// A real nginx on the loopback, in one process and with its files in a folder of its own. It can be killed and started again.
package final class TestNginx: Sendable {
    /// The folder `files` in it is served.
    package let folder: String
    package let port: Int
    /// Bound but not listened on: nobody else is given the port, and nginx, which asks for reuse too, may listen there.
    private let reservation: Int32
    private let process = Mutex<pid_t?>(nil)

    package var url: String { "http://127.0.0.1:\(port)" }

    /// - Parameters:
    ///   - modules: names of dynamic modules to load.
    ///   - blocks: the configuration behind `events`; gets the folder and the port.
    package init(modules: [String] = [], _ blocks: (_ folder: String, _ port: Int) -> String) async throws {
        folder = FileManager.default.temporaryDirectory.path + "/nginx-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/files", withIntermediateDirectories: true)
        (reservation, port) = try Self.reserve()
        let loads = modules.map { "load_module \($0);\n" }.joined()
        let text = """
            \(loads)daemon off; master_process off; user root; pid \(folder)/nginx.pid;
            events { worker_connections 512; }
            \(blocks(folder, port))
            """
        try text.write(toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
        try await start()
    }

    /// One that serves the folder `files` by HTTP.
    /// - Parameters:
    ///   - zones: lines of the block `http`.
    ///   - locations: lines of the block `server`.
    package static func files(zones: String = "", locations: String = "") async throws -> TestNginx {
        try await TestNginx { folder, port in
            """
            http {
                access_log off; client_body_temp_path \(folder)/body; proxy_temp_path \(folder)/proxy;
                fastcgi_temp_path \(folder)/fastcgi; uwsgi_temp_path \(folder)/uwsgi; scgi_temp_path \(folder)/scgi;
                types { text/html html; video/mp4 mp4; } default_type application/octet-stream;
                \(zones)
                server { listen 127.0.0.1:\(port); root \(folder)/files; \(locations) }
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
                "timeout", "--foreground", "240", "nginx", "-p", folder, "-c", folder + "/nginx.conf", "-e", folder + "/error.log",
            ])
            (spawn.output, spawn.errors) = (.null, .null)
            process = try spawn.start()
        }
        try await eventually("nginx accepts") { Self.accepts(port) }
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
        close(reservation)
        try FileManager.default.removeItem(atPath: folder)
    }

    private static func reserve() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = address(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw TestFailure(message: "no port: error \(errno)") }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func accepts(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = address(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        address.sin_port = in_port_t(port).bigEndian
        return address
    }
}
