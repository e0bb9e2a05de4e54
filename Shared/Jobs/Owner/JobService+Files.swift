package import Contracts
import Primitives

extension JobService {
    /// Ends the job if it still runs, and takes its output files back from its owner: for callers who get the result itself.
    ///
    /// It is done also when the calling task was cancelled. The blobs stay with the job, so that an identical one finds them.
    package func forgetFiles(of id: String, for principal: Principal) async {
        await Task {
            do {
                let job = try await cancel(id, for: principal)
                for index in job.result?.files.indices ?? 0..<0 {
                    try await files.unregister(key: "\(job.id)/\(index)", owner: job.owner)
                }
            } catch {
                Self.log.warning("files of a job remain", ["job": .string(id), "error": .string("\(error)")])
            }
        }.value
    }
}
