import Glibc
import Primitives
import TestSupport

extension TestNginx {
    /// The certificate to trust.
    var certificate: String { folder + "/certificate.pem" }

    /// Makes a file of zeros that takes no room on the disk.
    func addSparseFile(_ name: String, size: ByteSize) throws {
        let descriptor = open(folder + "/files/" + name, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0, ftruncate(descriptor, off_t(size.bytes)) == 0 else { throw Loopback.Failure(errno: errno) }
        close(descriptor)
    }
}

/// Starts nginx with TLS and HTTP/2 for one test.
func withNginx(_ body: (TestNginx) async throws -> Void) async throws {
    let server = try await TestNginx.files(
        isSecure: true,
        locations: """
            client_max_body_size 0;
            location /connection { return 200 "$connection $server_protocol"; }
            location /upload/ { dav_methods PUT DELETE; create_full_put_path on; }
            """)
    do { try await body(server) } catch {
        try server.stop()
        throw error
    }
    try server.stop()
}
