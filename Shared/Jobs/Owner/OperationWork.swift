import Contracts
package import Messaging
import Primitives

/// What workers have done for one operation since the start of the service; jobs answered from the cache and cancelled ones do not
/// count.
package struct OperationWork: Sendable {
    /// The jobs that have ended, for those who look for services; the time is that from the first attempt's beginning to the end.
    package private(set) var jobs = EndpointStatistics()
    /// Processor time of the processes of those that succeeded, seconds.
    package private(set) var cpuSeconds = 0.0
    /// How long the media is that they made or read, as their results say, seconds.
    package private(set) var mediaSeconds = 0.0
    /// Time from beginning to end of the jobs that `mediaSeconds` counts, seconds.
    private var processingSeconds = 0.0

    package init() {}

    /// Seconds of work for a second of media; 0 before there was any.
    package var realTimeFactor: Double { mediaSeconds > 0 ? processingSeconds / mediaSeconds : 0 }

    /// - Parameter job: has ended.
    mutating func add(_ job: JobDocument) {
        guard job.state != .cancelled, let started = job.started, let finished = job.finished else { return }
        let duration = finished.duration(since: started)
        jobs.requests += 1
        jobs.processingTime += duration
        if let problem = job.problem {
            jobs.errors += 1
            jobs.lastError = "\(problem.code): \(problem.message)"
        }
        cpuSeconds += job.result?.usage?.cpuSeconds ?? 0
        if let seconds = job.result?.mediaSeconds, seconds > 0 {
            mediaSeconds += seconds
            processingSeconds += duration.seconds
        }
    }
}
