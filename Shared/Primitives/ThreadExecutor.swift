/// A serial executor on one thread of its own, for actors that hold a thread-unsafe C handle or make C calls that wait.
///
/// Jobs that arrive after `stop()` still run, on a thread of their own each, so that no task is ever lost.
package final class ThreadExecutor: SerialExecutor {
    private let inbox = ThreadInbox<UnownedJob>()
    private let name: String

    /// - Parameter name: the thread's name; at most 15 bytes are shown.
    package init(name: String) {
        self.name = name
        startThread(name: name) { [inbox, unowned self] in
            let executor = self.asUnownedSerialExecutor()
            while let jobs = inbox.take(upTo: 64) {
                for job in jobs { job.runSynchronously(on: executor) }
            }
        }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        guard !inbox.post(unowned) else { return }
        startThread(name: name) { [self] in
            unowned.runSynchronously(on: asUnownedSerialExecutor())
        }
    }

    /// Lets the thread end when what was enqueued has run.
    package func stop() {
        inbox.close()
    }

    deinit {
        inbox.close()
    }
}
