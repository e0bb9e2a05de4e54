import Contracts
import FoundationEssentials
import Glibc
import HTTP
import Messaging
import Primitives
import Synchronization
import TestSupport
import Testing

/// Each promise about faults, with the fault made for real.
@Suite(.serialized) struct FaultTests {
    private static let quick = ["AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8"]

    /// Accepts 50 jobs that each run a process, and keeps their identifiers.
    private func acceptJobs(_ studio: TestStudio, count: Int = 50) async throws -> [String] {
        var ids: [String] = []
        for _ in 0..<count {
            let answer = try await studio.json(.post, "/audio/bench-noop-sandboxed", [:])
            try #require(answer.status == 202)
            ids.append(try #require(answer.document["id"]?.stringValue))
        }
        return ids
    }

    /// Waits until every job has ended.
    private func ended(_ ids: [String], _ studio: TestStudio) async throws -> [JobDocument] {
        var jobs: [JobDocument] = []
        for id in ids { jobs.append(try await studio.ended(id, of: "audio")) }
        return jobs
    }

    @Test(arguments: ["audio", "nats-server", "gateway"]) func killedPartLosesNoJob(_ part: String) async throws {
        let studio = try await TestStudio.start(environment: Self.quick)
        let ids = try await acceptJobs(studio)
        for _ in 0..<3 {
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...400)))
            kill(try studio.pid(part), SIGKILL)
            try await studio.up()
        }
        let jobs = try await ended(ids, studio)
        #expect(jobs.count == 50)
        #expect(jobs.allSatisfy { $0.state == .succeeded })
        let finished = try await studio.json(.get, "/audio/jobs?limit=500&state=succeeded").document["jobs"]?.arrayValue ?? []
        #expect(Set(finished.compactMap { $0["id"]?.stringValue }) == Set(ids))
        #expect(try await studio.finishedJobs(atLeast: 50).sorted() == ids.sorted(), "each tells its end once")
        try await studio.stop()
    }

    /// Workers of their own, apart from the service: one of the two is killed again and again, in the midst of jobs.
    @Test func killedWorkersLoseNoJob() async throws {
        let studio = try await TestStudio.start(environment: Self.quick.merging(["AVSTUDIO_WORKER_SLOTS": "0"]) { $1 })
        var ids = try await acceptJobs(studio)
        var workers = [try studio.startWorker(0), try studio.startWorker(1)]
        func end(_ worker: pid_t, _ signal: Int32) {
            kill(worker, signal)
            var status: Int32 = 0
            while waitpid(worker, &status, 0) == -1 && errno == EINTR {}
        }
        var round = 0
        var jobs: [JobDocument] = []
        // On a busy machine many a kill hits a worker that has only just begun: until one has hit a job.
        repeat {
            if round > 0 { ids += try await acceptJobs(studio, count: 20) }
            for _ in 0..<10 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...500)))
                end(workers[round % 2], SIGKILL)
                workers[round % 2] = try studio.startWorker(round % 2)
                round += 1
            }
            jobs = try await ended(ids, studio)
        } while round < 50 && !jobs.contains { $0.attempts > 1 }
        #expect(jobs.count == ids.count && jobs.allSatisfy { $0.state == .succeeded })
        #expect(jobs.contains { $0.attempts > 1 }, "no worker was killed in the midst of a job")
        #expect(try await studio.finishedJobs(atLeast: ids.count).sorted() == ids.sorted(), "each tells its end once")
        for worker in workers { end(worker, SIGTERM) }
        try await studio.stop()
    }

    /// What came of requests that are sent until the end.
    private final class Load: Sendable {
        private let state = Mutex<(accepted: [String], isOver: Bool)>(([], false))
        var accepted: [String] { state.withLock(\.accepted) }
        var isOver: Bool { state.withLock(\.isOver) }
        func accept(_ id: String) { state.withLock { $0.accepted.append(id) } }
        func end() { state.withLock { $0.isOver = true } }
    }

    /// Under load, until it is up again: every request is answered in whole, by the service or by the door, which says that nobody
    /// is behind it and when to come again; what the service has accepted ends.
    @Test(arguments: ["audio", "gateway"]) func endingAPartFailsNoRequest(_ part: String) async throws {
        let studio = try await TestStudio.start(environment: Self.quick)
        let load = Load()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while !load.isOver {
                        let answer = try await studio.json(.post, "/audio/bench-noop-sandboxed", [:])
                        if let id = answer.document["id"]?.stringValue, answer.status == 202 {
                            load.accept(id)
                            continue
                        }
                        // 429: the door takes only so much from one address.
                        #expect([429, 502, 503].contains(answer.status), "\(answer.document)")
                        #expect(answer.document["code"]?.stringValue?.isEmpty == false, "\(answer.document)")
                        #expect(answer.headers["Retry-After"] != nil)
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
            }
            try await eventually("the load is on") { load.accepted.count > 20 }
            let ending = try studio.pid(part)
            kill(ending, SIGTERM)
            try await eventually("it has ended", within: .seconds(60)) { kill(ending, 0) != 0 }
            let before = load.accepted.count
            try await studio.up()
            try await eventually("the load goes on") { load.accepted.count > before + 5 }
            load.end()
            try await group.waitForAll()
        }
        let jobs = try await ended(load.accepted, studio)
        #expect(jobs.allSatisfy { $0.state == .succeeded })
        try await studio.stop()
    }

    @Test(.enabled(if: getuid() == 0, "mounting a small disk needs root")) func fullDiskIsToldAndRecovered() async throws {
        let disk = try SmallDisk(size: .mib(48))
        defer { withExtendedLifetime(disk) {} }
        let studio = try await TestStudio.start(
            state: disk.path + "/var", environment: Self.quick.merging(["AVSTUDIO_MINIMUM_FREE_BYTES": "0"]) { $1 })
        try disk.fill(leaving: 2 << 20)
        let refused = try await studio.send(
            .post, "/files", body: Bytes(repeating: 7, count: 8 << 20),
            headers: ["Content-Disposition": "attachment; filename=big.wav"])
        #expect(refused.status == 507)
        #expect(try JSONValue(parsing: refused.body)["code"]?.stringValue != nil)
        disk.makeRoom()
        let id = try await studio.upload(Bytes(repeating: 7, count: 8 << 20), name: "big.wav")
        #expect(try await studio.json(.get, "/files/\(id)").status == 200)
        let job = try await studio.json(.post, "/audio/bench-noop", [:], headers: ["Prefer": "wait=30"])
        #expect(job.document["state"] == "succeeded")
        try await studio.stop()
    }
}
