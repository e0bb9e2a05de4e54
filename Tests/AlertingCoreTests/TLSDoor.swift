import Foundation
import Glibc
import Primitives
import TestSupport

/// TLS before a server of a test, at first with a certificate that is not the one to trust.
final class TLSDoor: Sendable {
    private static let program =
        #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Clients/tls_door.py"
    /// To be trusted.
    let certificate: String
    let port: Int
    var url: String { "https://127.0.0.1:\(port)" }
    private let folder: TemporaryFolder
    private let process: pid_t
    private let input: FileHandle

    /// - Parameter target: the server's port.
    static func start(to target: Int) async throws -> TLSDoor {
        let folder = try TemporaryFolder("tls-door")
        for name in ["right", "wrong"] {
            var maker = ProcessSpawn([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder.appending(name + ".key"),
                "-out", folder.appending(name + ".pem"),
            ])
            maker.errors = .appending(folder.appending("openssl.log"))
            wait(for: try maker.start())
        }
        var door = ProcessSpawn(["python3", program, "\(target)", folder.appending("wrong.pem"), folder.appending("wrong.key")])
        let pipe = Pipe()
        door.input = .descriptor(pipe.fileHandleForReading.fileDescriptor)
        door.output = .appending(folder.appending("port"))
        let process = try door.start()
        try pipe.fileHandleForReading.close()
        do {
            var port: Int?
            try await eventually("the door is open") {
                port = (try? String(contentsOfFile: folder.appending("port"), encoding: .utf8))
                    .flatMap { $0.hasSuffix("\n") ? Int($0.dropLast()) : nil }
                return port != nil
            }
            return TLSDoor(port ?? 0, folder, process, pipe.fileHandleForWriting)
        } catch {
            kill(process, SIGKILL)
            wait(for: process)
            throw error
        }
    }

    private init(_ port: Int, _ folder: TemporaryFolder, _ process: pid_t, _ input: FileHandle) {
        (self.port, self.folder, self.process, self.input) = (port, folder, process, input)
        certificate = folder.appending("right.pem")
    }

    func showTheRightCertificate() throws {
        try input.write(contentsOf: Data("\(certificate) \(folder.appending("right.key"))\n".utf8))
    }

    func stop() {
        kill(process, SIGKILL)
        Self.wait(for: process)
        folder.remove()
    }

    private static func wait(for process: pid_t) {
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    }
}
