import Primitives

/// A certificate that is its own authority, and its key, both in PEM.
package struct TestCertificate: Sendable {
    package let path: String
    package let key: String

    /// - Parameters:
    ///   - folder: where `<name>.pem` and `<name>.key` are put.
    ///   - host: whom it is for.
    /// - Throws: `TestFailure` with what openssl says.
    package static func make(in folder: String, name: String = "certificate", host: String = "127.0.0.1") async throws -> Self {
        let certificate = TestCertificate(path: "\(folder)/\(name).pem", key: "\(folder)/\(name).key")
        let kind = host.first?.isNumber == true ? "IP" : "DNS"
        let made = try await CommandRun.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=\(host)", "-addext", "subjectAltName=\(kind):\(host)", "-keyout", certificate.key, "-out", certificate.path,
            ])
        guard made.status == 0 else { throw TestFailure(message: made.errors) }
        return certificate
    }
}
