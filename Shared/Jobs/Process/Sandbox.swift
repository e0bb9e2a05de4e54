import Primitives
import Synchronization
#if canImport(Glibc)
    import Glibc
#endif

/// How a job's process is walled in: bubblewrap where the system allows it, else limits and whitelists alone.
package struct Sandbox: Sendable {
    private static let bubblewrap = "/usr/bin/bwrap"
    private static let log = Log("jobs.sandbox")

    /// Whether bubblewrap works here.
    package let isolatesNamespaces: Bool
    private let executable: String
    /// Folders on this machine that every job may read, by name.
    let resources: [String: String]
    /// Folders outside /usr from which this program loads libraries, for example a toolchain's.
    private let libraryFolders: [String]

    /// Finds out what the system allows. Starts one short process.
    /// - Parameters:
    ///   - executable: the program that runs jobs; by default the calling one.
    ///   - resources: folders that every job may read, by name; those that do not exist are left out.
    package init(executable: String? = nil, resources: [String: String] = [:]) throws {
        self.resources = resources.filter { access($0.value, R_OK | X_OK) == 0 }
        self.executable = try executable ?? Self.ownExecutable()
        libraryFolders = Self.loadedLibraryFolders()
        isolatesNamespaces = Self.bubblewrapWorks()
        if !isolatesNamespaces {
            Self.log.warning("bubblewrap is not usable here; jobs run with limits and whitelists only")
        }
    }

    /// The command line that runs `arguments` of the job program inside the sandbox.
    /// - Parameters:
    ///   - inputs: host paths; they appear read-only under `inputPath(_:)`.
    ///   - outputFolder: host path; it appears writable under `outputPath`.
    func command(_ arguments: [String], inputs: [String], outputFolder: String) -> [String] {
        guard isolatesNamespaces else { return [executable] + arguments }
        var command = [
            Self.bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL",
            "--uid", "65534", "--gid", "65534", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib",
            "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin", "--ro-bind-try", "/etc/ld.so.cache",
            "/etc/ld.so.cache",
            "--ro-bind-try", "/etc/alternatives", "/etc/alternatives", "--ro-bind-try", "/etc/fonts", "/etc/fonts",
            "--ro-bind-try", "/var/cache/fontconfig", "/var/cache/fontconfig", "--proc", "/proc", "--dev", "/dev", "--tmpfs",
            "/tmp",
            // Public ones, for programs that check servers themselves.
            "--ro-bind-try", "/etc/ssl/certs", "/etc/ssl/certs",
        ]
        for folder in libraryFolders { command += ["--ro-bind", folder, folder] }
        command += ["--ro-bind", executable, "/job/program"]
        for (index, input) in inputs.enumerated() { command += ["--ro-bind", input, inputPath(index, host: input)] }
        for (name, folder) in resources { command += ["--ro-bind", folder, "/job/resources/" + name] }
        command += ["--bind", outputFolder, outputPath(host: outputFolder), "--chdir", outputPath(host: outputFolder)]
        return command + ["--", "/job/program"] + arguments
    }

    /// Where the process sees an input.
    func inputPath(_ index: Int, host: String) -> String {
        isolatesNamespaces ? "/job/in/\(index)" : host
    }

    /// Where the process sees the resources.
    var resourcePaths: [String: String] {
        isolatesNamespaces ? Dictionary(uniqueKeysWithValues: resources.keys.map { ($0, "/job/resources/" + $0) }) : resources
    }

    /// Where the process sees its output folder.
    func outputPath(host: String) -> String {
        isolatesNamespaces ? "/job/out" : host
    }

    private static func bubblewrapWorks() -> Bool {
        guard access(bubblewrap, X_OK) == 0 else { return false }
        let trial = [
            bubblewrap, "--unshare-all", "--uid", "65534", "--cap-drop", "ALL", "--ro-bind", "/usr", "/usr",
            "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--", "/usr/bin/true",
        ]
        guard let process = try? ChildProcess(trial, input: []) else { return false }
        return process.wait(limit: .seconds(10), onLine: { _ in }).exit == .code(0)
    }

    private static func ownExecutable() throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard length > 0 else { throw ChildProcess.SpawnError(errorNumber: errno) }
        return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func loadedLibraryFolders() -> [String] {
        guard let file = fopen("/proc/self/maps", "r") else { return [] }
        defer { fclose(file) }
        var folders: Set<String> = []
        var line = [CChar](repeating: 0, count: 8192)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            guard let slash = text.firstIndex(of: "/") else { continue }
            let path = text[slash...].trimmingSuffix { $0 == "\n" }
            guard path.contains(".so"), !path.hasPrefix("/usr/"), !path.hasPrefix("/lib"), let end = path.lastIndex(of: "/") else {
                continue
            }
            folders.insert(String(path[..<end]))
        }
        return folders.sorted()
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while fits: (Character) -> Bool) -> Substring {
        var text = self
        while let last = text.last, fits(last) { text.removeLast() }
        return text
    }
}
