import Contracts
import Foundation
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

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

extension TestStudio {
    /// Has the video service do a job, kills the process of it that comes next, and waits until the job has ended all the same.
    /// - Parameter delay: seconds that the process has.
    func killedVideoJob(
        _ operation: String, _ inputs: [JSONValue], _ parameters: JSONValue, after delay: Double, within limit: Duration
    ) async throws -> JobDocument {
        let service = try pid("video")
        let hunt = Task { try await JobProcesses.killNext(below: service, after: delay) }
        defer { hunt.cancel() }
        let id = try await begin("video." + operation, ["inputs": .array(inputs), "parameters": parameters])
        let job = try await ended(id, of: "video", within: limit)
        // One that was over before it was seen leaves nobody to hunt.
        hunt.cancel()
        _ = await hunt.result
        return job
    }
}
