import Foundation
import Glibc
import Primitives
import TestSupport

/// TLS before a server of a test, at first with a certificate that is not the one to trust.
final class TLSDoor: Sendable {
    private static let program =
        #filePath.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() + "/Clients/tls_door.py"
    private let right: TestCertificate
    /// To be trusted.
    var certificate: String { right.path }
    let port: Int
    var url: String { "https://127.0.0.1:\(port)" }
    private let folder: TemporaryFolder
    private let process: pid_t
    private let input: FileHandle

    /// - Parameter target: the server's port.
    static func start(to target: Int) async throws -> TLSDoor {
        let folder = try TemporaryFolder("tls-door")
        let (right, wrong) = (
            try await TestCertificate.make(in: folder.path, name: "right"),
            try await TestCertificate.make(in: folder.path, name: "wrong")
        )
        var door = ProcessSpawn(["python3", program, "\(target)", wrong.path, wrong.key])
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
            return TLSDoor(port ?? 0, right, folder, process, pipe.fileHandleForWriting)
        } catch {
            kill(process, SIGKILL)
            wait(for: process)
            throw error
        }
    }

    private init(
        _ port: Int, _ right: TestCertificate, _ folder: TemporaryFolder, _ process: pid_t, _ input: FileHandle
    ) {
        (self.port, self.right, self.folder, self.process, self.input) = (port, right, folder, process, input)
    }

    func showTheRightCertificate() throws {
        try input.write(contentsOf: Data("\(right.path) \(right.key)\n".utf8))
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
