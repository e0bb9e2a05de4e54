import CLinux

/// An event loop that serves guests on its thread, beside its own work.
///
/// What a task on the loop needs from outside, such as the answer of another server, can then be had without another thread: to
/// wake a thread costs more than to send a request.
package protocol HostLoop: AnyObject, Sendable {
    /// Whether the caller is on the loop's thread.
    var isCurrent: Bool { get }

    /// Runs the body on the loop's thread, never within the call.
    func post(_ body: @escaping @Sendable () -> Void)

    /// Serves a guest from now on; to be called on the loop's thread.
    /// - Parameter descriptor: what is watched, for input at first; the loop's from now on, which closes it when the guest has
    ///   left.
    /// - Returns: `nil` when the kernel refuses; the descriptor is then the caller's.
    func seat(_ guest: any LoopGuest, descriptor: Int32) -> (any LoopSeat)?
}

/// What a host loop serves. All calls come on the loop's thread.
package protocol LoopGuest: AnyObject, Sendable {
    /// The descriptor has input, its end or an error to be read; or room for output, or an error that is in its way.
    func descriptorReady(isReadable: Bool, isWritable: Bool)
    /// Sends what waits, as the seat was asked to.
    func flush()
    /// The time that was asked for has come.
    func timePassed()
}

/// A guest's place on a loop, for use on the loop's thread.
package protocol LoopSeat: AnyObject, Sendable {
    /// Says what the descriptor is watched for from now on.
    func watch(input: Bool, output: Bool)
    /// Asks for one call of `flush` when the tasks that are ready on the loop have run.
    func flushSoon()
    /// Asks for one call of `timePassed`, in place of one asked for before.
    /// - Parameter time: from now; `nil` for none.
    func wake(after time: Duration?)
    /// Asks for the same at the end of the round that runs; all guests of a loop have the same rounds.
    /// - Parameter length: of a round, in whole milliseconds, at least one.
    func wake(afterRoundOf length: Duration)
    /// Ends the service. The loop's thread ends when it was told to and all guests have left.
    func leave()
}

/// Which host loop the calling thread is.
package enum HostLoops {
    private final class Reference {
        let loop: any HostLoop
        init(_ loop: any HostLoop) { self.loop = loop }
    }

    /// The loop whose thread this is; `nil` on all others.
    package static var current: (any HostLoop)? {
        avs_thread_host_loop().pointee.map { Unmanaged<Reference>.fromOpaque($0).takeUnretainedValue().loop }
    }

    /// Makes the calling thread a loop's for as long as the body runs.
    package static func run(as loop: any HostLoop, _ body: () -> Void) {
        let reference = Reference(loop)
        withExtendedLifetime(reference) {
            avs_thread_host_loop().pointee = Unmanaged.passUnretained(reference).toOpaque()
            body()
            avs_thread_host_loop().pointee = nil
        }
    }
}
