// Release builds compile this module too, but have no testing library.
#if canImport(Testing)
    import Dispatch
    package import Testing

    /// Takes a suite's tests off the cooperative pool.
    ///
    /// The pool has as many threads as the machine has cores. A test that computes for seconds without a pause would hold one of
    /// them, and the servers and timers of the tests beside it would stand still; on threads of its own it shares the cores fairly.
    package struct Computing: SuiteTrait, TestTrait, TestScoping {
        package var isRecursive: Bool { true }

        package func provideScope(
            for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
        ) async throws {
            try await withTaskExecutorPreference(ComputingThreads.shared, operation: function)
        }
    }

    extension Trait where Self == Computing {
        /// The tests compute for long without a pause.
        package static var computing: Self { Self() }
    }

    private final class ComputingThreads: TaskExecutor {
        static let shared = ComputingThreads()

        private let queue = DispatchQueue(label: "tests.computing", attributes: .concurrent)

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
#endif
