package import CLinux
import Glibc

/// Starts a program as a child process that inherits exactly what it is given: no descriptor beyond the standard three, no
/// blocked or ignored signal.
///
/// Foundation's `Process` is not used: between its `pipe` and its `spawn` another thread's child inherits the pipe, and who reads
/// it then waits for that other child's end.
package struct ProcessSpawn: Sendable {
    /// What one of the standard descriptors becomes.
    package enum Stream: Sendable {
        case null
        /// Stays the caller's own.
        case inherited
        /// A copy of this descriptor.
        case descriptor(Int32)
        /// Written at the end of this file, which is made with mode 0640 when it is not there.
        case appending(String)
    }

    /// Whom signals to a group or a terminal's end reach.
    package enum Group: Sendable {
        /// The caller's group.
        case inherited
        /// A group of its own, so that `kill(-pid, …)` ends its children too.
        case own
        /// A session of its own, which outlives the caller's.
        case session
    }

    package struct Failure: CodedError {
        package let program: String
        package let errorNumber: Int32
        package var code: String { "process-not-started" }
        package var message: String { "\(program) can not be started: \(String(cString: strerror(errorNumber)))" }
        package var isRetriable: Bool { true }

        package init(program: String, errorNumber: Int32) {
            (self.program, self.errorNumber) = (program, errorNumber)
        }
    }

    package var arguments: [String]
    /// `NAME=value`; `nil` takes over the caller's.
    package var environment: [String]?
    /// The working folder; `nil` takes over the caller's.
    package var folder: String?
    package var input = Stream.null
    package var output = Stream.inherited
    package var errors = Stream.inherited
    package var group = Group.inherited

    /// - Parameter arguments: the program, as a path or a name that is looked up in PATH, then its arguments.
    package init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// - Returns: the identifier of the process, which the caller has to wait for.
    /// - Throws: `Failure`.
    package func start() throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in [(Int32(0), input), (1, output), (2, errors)] { Self.add(stream, as: number, to: &actions) }
        avs_spawn_close_from(&actions, 3)
        if let folder { avs_spawn_change_folder(&actions, folder) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (noSignals, everySignal) = (sigset_t(), sigset_t())
        sigemptyset(&noSignals)
        sigfillset(&everySignal)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setsigdefault(&attributes, &everySignal)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        switch group {
        case .inherited: break
        case .own: flags |= Int32(POSIX_SPAWN_SETPGROUP)
        case .session: flags |= avs_spawn_new_session
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var process = pid_t()
        let status = withCStrings(arguments) { argv in
            guard let environment else { return posix_spawnp(&process, argv[0]!, &actions, &attributes, argv, environ) }
            return withCStrings(environment) { posix_spawnp(&process, argv[0]!, &actions, &attributes, argv, $0) }
        }
        guard status == 0 else { throw Failure(program: arguments.first ?? "", errorNumber: status) }
        return process
    }

    private static func add(_ stream: Stream, as number: Int32, to actions: inout posix_spawn_file_actions_t) {
        switch stream {
        case .null: posix_spawn_file_actions_addopen(&actions, number, "/dev/null", number == 0 ? O_RDONLY : O_WRONLY, 0)
        case .inherited: break
        case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        case .appending(let path): posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_APPEND, 0o640)
        }
    }
}

private func withCStrings<R>(_ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R) -> R {
    let copies = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeBufferPointer { body($0.baseAddress!) }
}
