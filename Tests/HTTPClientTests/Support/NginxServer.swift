import FoundationEssentials
import Glibc
import Primitives
import TestSupport

/// A real nginx with TLS and HTTP/2 on the loopback, with its files in a folder of its own.
final class NginxServer: Sendable {
    let folder: String
    private let port: ReservedPort
    private let process: pid_t

    /// The certificate to trust.
    var certificate: String { folder + "/certificate.pem" }
    var url: String { "https://127.0.0.1:\(port.number)" }

    init() async throws {
        folder = FileManager.default.temporaryDirectory.path + "/http-client-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/files", withIntermediateDirectories: true)
        port = try ReservedPort()
        let made = try Self.start([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder + "/key.pem", "-out",
            folder + "/certificate.pem",
        ])
        var status: Int32 = 0
        waitpid(made, &status, 0)
        guard status == 0 else { throw SocketFailure(errno: status) }
        try Self.configuration(port: port.number, folder: folder).write(
            toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
        // Should this process be killed, the server must not stay for ever.
        process = try Self.start([
            "timeout", "--foreground", "120", "nginx", "-p", folder, "-c", folder + "/nginx.conf", "-e", folder + "/error.log",
        ])
        let number = port.number
        try await eventually("nginx accepts") { Self.accepts(number) }
    }

    func stop() throws {
        kill(process, SIGTERM)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        try FileManager.default.removeItem(atPath: folder)
    }

    /// Makes a file of zeros that takes no room on the disk.
    func addSparseFile(_ name: String, size: ByteSize) throws {
        let descriptor = open(folder + "/files/" + name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0, ftruncate(descriptor, off_t(size.bytes)) == 0 else { throw SocketFailure(errno: errno) }
        close(descriptor)
    }

    private static func configuration(port: Int, folder: String) -> String {
        """
        daemon off; master_process off; user root; pid \(folder)/nginx.pid;
        events { worker_connections 256; }
        http {
            access_log off; client_body_temp_path \(folder)/body; proxy_temp_path \(folder)/proxy;
            fastcgi_temp_path \(folder)/fastcgi; uwsgi_temp_path \(folder)/uwsgi; scgi_temp_path \(folder)/scgi;
            ssl_certificate \(folder)/certificate.pem; ssl_certificate_key \(folder)/key.pem;
            server {
                listen 127.0.0.1:\(port) ssl http2; root \(folder)/files; client_max_body_size 0;
                location /connection { return 200 "$connection $server_protocol"; }
                location /upload/ { dav_methods PUT DELETE; create_full_put_path on; }
            }
        }
        """
    }

    private static func start(_ arguments: [String]) throws -> pid_t {
        var spawn = ProcessSpawn(arguments)
        (spawn.output, spawn.errors) = (.null, .null)
        return try spawn.start()
    }

    private static func accepts(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        let address = ScriptedServer.address("127.0.0.1", port: port)
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// Starts nginx for one test.
func withNginx(_ body: (NginxServer) async throws -> Void) async throws {
    let server = try await NginxServer()
    do { try await body(server) } catch {
        try server.stop()
        throw error
    }
    try server.stop()
}
