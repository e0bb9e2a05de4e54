/// What an operation's process loads before its job is known, in a spare process that waits for that job.
///
/// `run` finds it in `JobContext.prepared` and has to look whether it is what this job needs: the parameters may be others, and
/// what was loaded may have been replaced on disk.
package struct Preparation<Parameters: Sendable>: Sendable {
    let fields: Set<String>
    let load: @Sendable (Parameters, [String: String]) throws -> any Sendable

    /// - Parameters:
    ///   - fields: the parameters that decide what is loaded. Only these are taken over from the last job, so never name one that
    ///     holds what a person wrote.
    ///   - load: gets those parameters, the others being the defaults, and the resources; see `JobContext.resources`.
    package init(
        for fields: Set<String>, load: @escaping @Sendable (Parameters, [String: String]) throws -> any Sendable
    ) {
        (self.fields, self.load) = (fields, load)
    }
}
