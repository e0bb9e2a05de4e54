/// The exit codes of `avstudio`, as the README lists them.
package enum ExitCode: Int32, Sendable {
    case done = 0
    /// The job failed, or the studio refused the request.
    case failed = 1
    /// The command line was wrong.
    case usage = 2
    /// The studio does not answer.
    case unreachable = 3
    /// No key, or one that may not do this.
    case denied = 4
}

/// Ends a command with a sentence on standard error and an exit code.
package struct CommandFailure: Error, Sendable {
    package let exitCode: ExitCode
    package let message: String

    package init(_ exitCode: ExitCode, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    package static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, message) }
}
