package import Contracts
import Persistence
package import Primitives

/// Many jobs from one request.
package struct BatchDocument: Sendable, Codable {
    package var id: String
    package var operation: String
    package var total: Int
    /// How many jobs are in each state.
    package var states: [String: Int]
    /// Mean of the jobs' progress, from 0 to 1.
    package var progress: Double
    package var created: Timestamp
    /// Whether every job has ended.
    package var finished: Bool
    package var jobs: [JobDocument]
}

extension JobService {
    /// - Throws: `JobError.notFound`, also for another owner's.
    package func batch(_ id: String, for principal: Principal) async throws -> BatchDocument {
        let jobs = try await allJobs(of: id, for: principal)
        guard let first = jobs.last else { throw JobError.notFound(id) }
        let states = Dictionary(grouping: jobs, by: \.state.rawValue).mapValues(\.count)
        let progress = jobs.map { $0.state.isFinal ? 1 : $0.progress }.reduce(0, +) / Double(jobs.count)
        return BatchDocument(
            id: id, operation: first.operation, total: jobs.count, states: states, progress: progress, created: first.created,
            finished: jobs.allSatisfy(\.state.isFinal), jobs: jobs)
    }

    /// Cancels every job of a batch that has not ended.
    package func cancelBatch(_ id: String, for principal: Principal) async throws -> BatchDocument {
        for job in try await batch(id, for: principal).jobs where !job.state.isFinal {
            _ = try await cancel(job.id, for: principal)
        }
        return try await batch(id, for: principal)
    }

    /// Runs the failed and cancelled jobs of a batch again.
    package func resumeBatch(_ id: String, for principal: Principal) async throws -> BatchDocument {
        for job in try await batch(id, for: principal).jobs where job.state == .failed || job.state == .cancelled {
            _ = try await retry(job.id, for: principal)
        }
        return try await batch(id, for: principal)
    }

    private func allJobs(of batch: String, for principal: Principal) async throws -> [JobDocument] {
        var all: [JobDocument] = []
        while true {
            let page = try await jobs(for: principal, batch: batch, before: all.last?.id, limit: 500)
            all += page
            if page.count < 500 { return all }
        }
    }
}
