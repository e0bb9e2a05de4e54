import FoundationEssentials
import Glibc
import Primitives

/// Looks at the machine and says how to mend what is wrong.
struct Doctor: Sendable {
    struct Finding: Sendable {
        let name: String
        let isGood: Bool
        /// What was seen, or how to mend it.
        let advice: String
    }

    let layout: StudioLayout

    func findings() async -> [Finding] {
        [
            program("nginx", try? LocalStudio.nginxProgram(), "apt-get install nginx-light, or deploy/run"),
            program(
                "nats-server", access(layout.natsServer, X_OK) == 0 ? layout.natsServer : nil,
                "deploy/run installs it under var/tools"),
            program("avstudio-gateway", present(layout.programs + "/avstudio-gateway"), "swift build -c release, or deploy/run"),
            program("avstudio-audio", present(layout.programs + "/avstudio-audio"), "swift build -c release, or deploy/run"),
            program("avstudio-video", present(layout.programs + "/avstudio-video"), "swift build -c release, or deploy/run"),
            program(
                "avstudio-analytics", present(layout.programs + "/avstudio-analytics"), "swift build -c release, or deploy/run"),
            program("avstudio-alerting", present(layout.programs + "/avstudio-alerting"), "swift build -c release, or deploy/run"),
            bubblewrap(), memory(), disk(), secrets(),
        ] + (await ports())
    }

    private func present(_ path: String) -> String? { access(path, X_OK) == 0 ? path : nil }

    private func program(_ name: String, _ path: String?, _ mend: String) -> Finding {
        Finding(name: name, isGood: path != nil, advice: path ?? "missing: \(mend)")
    }

    private func bubblewrap() -> Finding {
        guard access("/usr/bin/bwrap", X_OK) == 0 else {
            return Finding(
                name: "sandbox", isGood: false,
                advice: "bubblewrap is missing: apt-get install bubblewrap; jobs run with limits only")
        }
        let namespaces = FileManager.default.contents(atPath: "/proc/sys/kernel/unprivileged_userns_clone")
        let allowed = getuid() == 0 || namespaces == nil || String(decoding: namespaces ?? Data(), as: UTF8.self).hasPrefix("1")
        return Finding(
            name: "sandbox", isGood: allowed,
            advice: allowed
                ? "bubblewrap" : "user namespaces are off: sysctl kernel.unprivileged_userns_clone=1; jobs run with limits only")
    }

    private func memory() -> Finding {
        let bytes = Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
        return Finding(
            name: "memory", isGood: bytes >= 2 << 30, advice: Output.size(bytes) + (bytes >= 2 << 30 ? "" : ": 2 GiB are needed"))
    }

    private func disk() -> Finding {
        var status = statvfs()
        let folder = FileManager.default.fileExists(atPath: layout.state) ? layout.state : layout.root
        guard statvfs(folder, &status) == 0 else {
            return Finding(name: "disk", isGood: false, advice: "\(folder) can not be looked at")
        }
        let free = Int64(status.f_bavail) * Int64(status.f_frsize)
        return Finding(
            name: "disk", isGood: free >= 2 << 30,
            advice: "\(Output.size(free)) free at \(folder)" + (free >= 2 << 30 ? "" : ": make room"))
    }

    private func secrets() -> Finding {
        var status = stat()
        guard stat(layout.secrets, &status) == 0 else {
            return Finding(name: "secrets", isGood: true, advice: "made at the first start")
        }
        let isPrivate = status.st_mode & 0o077 == 0
        return Finding(
            name: "secrets", isGood: isPrivate,
            advice: isPrivate ? layout.secrets : "others can read them: chmod 700 \(layout.secrets)")
    }

    private func ports() async -> [Finding] {
        let parts = await LocalStudio(layout: layout).status()
        return parts.map { part in
            let port = layout.ports(of: part.name)[0]
            let (isGood, advice) =
                if part.isReady { (true, "ready") } else if let pid = part.pid {
                    (false, "process \(pid) runs and is not ready; why stands in \(layout.logs)/\(part.name).log")
                } else if LocalPort.isFree(port) { (true, "free, avstudio up starts it") } else {
                    (false, "taken by another program; use --port")
                }
            return Finding(name: part.name + " port", isGood: isGood, advice: "\(port): \(advice)")
        }
    }
}
