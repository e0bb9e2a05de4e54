import FoundationEssentials
import Glibc
package import Primitives
import Synchronization

/// The alert file in use, with the secrets that it keeps in files of their own. A file that is wrong, or lacks a secret, changes
/// nothing: what was read before stays in use, also for the process after this one, and the problem can be seen.
package final class AlertFiles: Sendable {
    private struct State {
        var file = AlertFile()
        /// By path: of the file, and of those with its secrets.
        var stamps: [String: FileStamp] = [:]
        var problem: AlertFileError?
        var read: Timestamp?
        var generation = 0
    }

    private static let log = Log("alerting.file")
    package let path: String
    private let copy: String
    private let environment: [String: String]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - path: of the file.
    ///   - copy: where the last file that was right is kept.
    ///   - environment: where `…_env` keys are looked up.
    package init(_ path: String, copy: String, environment: [String: String] = [:]) {
        (self.path, self.copy, self.environment) = (path, copy, environment)
        // Rules are judged and others told, whatever has become of one receiver's secret.
        if !reload(), let data = FileManager.default.contents(atPath: copy),
            let file = try? parse(Bytes(data), SecretFiles(folder: folder), isForgiving: true)
        {
            Self.log.warning("the last file that was right is used")
            state.withLock { $0.file = file }
        }
    }

    package var current: AlertFile { state.withLock(\.file) }
    /// Why the file as it is now is not in use; `nil` when it is.
    package var problem: AlertFileError? { state.withLock(\.problem) }
    /// Grows with every file that is taken into use.
    package var generation: Int { state.withLock(\.generation) }
    /// When the file in use was read.
    package var read: Timestamp? { state.withLock(\.read) }

    /// Reads the file again when it or a secret of it has changed, appeared or gone; to be called now and then.
    package func reloadIfChanged() {
        if state.withLock(\.stamps).contains(where: { FileStamp($0.key) != $0.value }) { reload() }
    }

    /// Reads the file again.
    /// - Returns: whether it is in use now.
    @discardableResult package func reload() -> Bool {
        // Taken before reading: a change in between is seen the next time.
        let stamp = FileStamp(path)
        let secrets = SecretFiles(folder: folder)
        func stamps() -> [String: FileStamp] { secrets.stamps.merging([path: stamp]) { $1 } }
        do throws(AlertFileError) {
            guard let data = FileManager.default.contents(atPath: path) else { throw AlertFileError(unreadable: path) }
            let file = try parse(Bytes(data), secrets)
            state.withLock { $0 = State(file: file, stamps: stamps(), read: .now(), generation: $0.generation + 1) }
            keep(Bytes(data))
            Self.log.info(
                "the alert file was read", ["rules": JSONValue(file.rules.count), "receivers": JSONValue(file.receivers.count)])
            return true
        } catch {
            state.withLock { ($0.stamps, $0.problem) = (stamps(), error) }
            Self.log.warning("the alert file is not used", ["error": .string(error.message)])
            return false
        }
    }

    private var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

    private func parse(
        _ bytes: Bytes, _ secrets: SecretFiles, isForgiving: Bool = false
    ) throws(AlertFileError) -> AlertFile {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return try AlertFile(bytes, name: name, secrets: secrets, environment: environment, isForgiving: isForgiving)
    }

    /// It may hold secrets: nobody else reads it.
    private func keep(_ bytes: Bytes) {
        let partial = copy + ".partial"
        unlink(partial)
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return Self.log.warning("the alert file can not be kept", ["path": .string(copy)]) }
        let written = write(descriptor, bytes, bytes.count)
        close(descriptor)
        if written != bytes.count || rename(partial, copy) != 0 {
            Self.log.warning("the alert file can not be kept", ["path": .string(copy)])
        }
    }
}
