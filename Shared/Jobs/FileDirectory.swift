package import Contracts

/// The studio's files as the job engine needs them; the gateway keeps them, other services ask it.
package protocol FileDirectory: Sendable {
    /// Finds a file that the principal may use.
    /// - Throws: `JobProblem` with `file-not-found`, or a retriable one when the directory can not be asked now.
    func resolve(_ file: String, for principal: Principal) async throws(JobProblem) -> JobFile

    /// Makes a blob of the shared store a file of the owner.
    /// - Parameters:
    ///   - key: the same key gives the same file again, so a repeated call does no harm.
    ///   - origin: what made it, for example a job's identifier.
    /// - Returns: the file's identifier.
    /// - Throws: `JobProblem`: `quota-exceeded`, or a retriable one when the directory can not be asked now.
    func register(_ file: JobFile, owner: String, key: String, origin: String) async throws(JobProblem) -> String

    /// Takes back what `register` made under a key; does nothing when there is nothing.
    /// - Throws: `JobProblem`, a retriable one when the directory can not be asked now.
    func unregister(key: String, owner: String) async throws(JobProblem)
}
