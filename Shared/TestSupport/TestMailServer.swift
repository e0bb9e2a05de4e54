import Foundation
import Glibc
package import Primitives
import Synchronization

/// A real mail server of one test: aiosmtpd on a free port, with a certificate of its own.
package final class TestMailServer: Sendable {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    private static let programs = root + "/var/test-venv/bin"

    /// Whether tests that need the server shall run.
    package static let isWanted = ClientPrograms.areWanted(programs + "/aiosmtpd")

    /// Kept for it also when it is away.
    package let reserved: ReservedPort
    package var port: Int { reserved.number }
    /// The certificate, which is its own authority, in PEM.
    package let certificate: String
    private let folder: TemporaryFolder
    private let process: pid_t
    private let input: FileHandle
    /// Lines of what the server has said that were looked at.
    private let seen = Mutex(1)

    /// - Parameters:
    ///   - mode: `none`, `starttls` or `tls`.
    ///   - login: a user and a password that it asks for.
    ///   - name: the host that its certificate is for.
    ///   - port: a free one by default; that of an earlier one, for a server that comes back.
    package static func start(
        _ mode: String, login: (user: String, password: String)? = nil, name: String = "127.0.0.1", port: ReservedPort? = nil
    ) async throws -> TestMailServer {
        let folder = try TemporaryFolder("mail-server")
        let certificate = try await TestCertificate.make(in: folder.path, host: name)
        let port = try port ?? ReservedPort()
        var server = ProcessSpawn(
            [
                programs + "/python", root + "/Tests/Clients/mail_server.py", mode, certificate.path, certificate.key,
                "\(port.number)",
            ]
                + (login.map { [$0.user, $0.password] } ?? []))
        let pipe = Pipe()
        server.input = .descriptor(pipe.fileHandleForReading.fileDescriptor)
        server.output = .appending(folder.appending("said.jsonl"))
        let process = try server.start()
        try pipe.fileHandleForReading.close()
        do {
            try await eventually("the mail server starts") { !lines(folder).isEmpty }
            return TestMailServer(port, certificate.path, folder, process, pipe.fileHandleForWriting)
        } catch {
            kill(process, SIGKILL)
            wait(for: process)
            throw error
        }
    }

    private init(
        _ port: ReservedPort, _ certificate: String, _ folder: TemporaryFolder, _ process: pid_t, _ input: FileHandle
    ) {
        (reserved, self.certificate, self.folder, self.process, self.input) = (port, certificate, folder, process, input)
    }

    /// Answers the next mail like this, for example `451 try later`.
    package func answer(_ reply: String) throws { try input.write(contentsOf: Data((reply + "\n").utf8)) }

    /// Answers the next sender like this.
    package func answer(sender reply: String) throws { try answer("MAIL " + reply) }

    /// Answers to one recipient like this from now on.
    package func answer(recipient: String, _ reply: String) throws { try answer("RCPT \(recipient) \(reply)") }

    /// Mails that have come, refused ones included.
    package var count: Int { max(0, Self.lines(folder).count - 1) }

    /// Waits for the next mail, refused ones included.
    package func next() async throws -> JSONValue {
        let index = seen.withLock { seen in
            defer { seen += 1 }
            return seen
        }
        try await eventually("a mail comes") { index < Self.lines(folder).count }
        return try JSONValue(parsing: Self.lines(folder)[index])
    }

    package func stop() {
        kill(process, SIGKILL)
        Self.wait(for: process)
        folder.remove()
    }

    private static func wait(for process: pid_t) {
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    }

    /// The lines that the server has written to their end.
    private static func lines(_ folder: TemporaryFolder) -> [Bytes] {
        let said = Bytes((try? Data(contentsOf: URL(filePath: folder.appending("said.jsonl")))) ?? Data())
        return said.split(separator: 10, omittingEmptySubsequences: false).dropLast().map { Bytes($0) }
    }
}
