import Foundation
import Glibc
import TestSupport

/// The processes of the video service's jobs.
enum JobProcesses {
    /// Waits for the next job's process and kills it, until its task is cancelled.
    /// - Parameters:
    ///   - ancestor: the service.
    ///   - delay: seconds that the process has.
    static func killNext(below ancestor: pid_t, after delay: Double) async throws {
        // Some live for a few hundredths of a second only.
        while try below(ancestor).isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        try await Task.sleep(for: .seconds(delay))
        for process in try below(ancestor) { kill(process, SIGKILL) }
    }

    /// - Parameter ancestor: the service.
    /// - Returns: those below it that run jobs, those that wait for one as well.
    static func below(_ ancestor: pid_t) throws -> [pid_t] {
        var parents: [pid_t: pid_t] = [:]
        var jobs: [pid_t] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let pid = pid_t(name), let status = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let after = status.lastIndex(of: ")"),
                let parent = status[after...].split(separator: " ").dropFirst(2).first.flatMap({ pid_t($0) })
            else { continue }
            parents[pid] = parent
            let words = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")?.split(separator: 0).map {
                String(decoding: $0, as: UTF8.self)
            }
            if let words, ["/job/program", TestStudio.programs + "/avstudio-video"].contains(words.first),
                ["job", "spare"].contains(words.dropFirst().first)
            {
                jobs.append(pid)
            }
        }
        return jobs.filter { job in
            var next = parents[job]
            while let pid = next, pid != ancestor { next = parents[pid] }
            return next == ancestor
        }
    }
}
