import CLinux
import Glibc
import Primitives

/// A long-lived part of a service.
package struct Component: Sendable {
    package let name: String
    let run: @Sendable () async throws -> Void
    let drain: @Sendable () async -> Void

    /// - Parameters:
    ///   - run: the part's work; it ends when its task is cancelled. An early end stops the service.
    ///   - drain: refuses new work and returns when what was accepted has been dealt with.
    package init(
        _ name: String, run: @escaping @Sendable () async throws -> Void = { try await Component.untilCancelled() },
        drain: @escaping @Sendable () async -> Void = {}
    ) {
        (self.name, self.run, self.drain) = (name, run, drain)
    }

    /// Waits until the task is cancelled.
    package static func untilCancelled() async throws {
        while true { try await Task.sleep(for: .hours(24)) }
    }
}

/// Runs the parts of a service: in order at the start, in reverse at the end.
///
/// SIGTERM and SIGINT end it: from the last part to the first, each is drained, then cancelled and awaited, so a part always
/// outlives those that depend on it. SIGHUP makes a service that can do so read its files again.
package struct Lifecycle: Sendable {
    private static let log = Log("lifecycle")
    private let components: [Component]
    private let drainLimit: Duration
    private let reload: (@Sendable () -> Void)?

    /// - Parameters:
    ///   - components: dependencies first.
    ///   - drainLimit: the longest time that one part may take to drain.
    ///   - reload: answers SIGHUP, on the thread of the signals; without it that signal ends the process as it always does.
    package init(_ components: [Component], drainLimit: Duration = .seconds(30), reload: (@Sendable () -> Void)? = nil) {
        self.components = components
        self.drainLimit = drainLimit
        self.reload = reload
    }

    /// Keeps SIGTERM and SIGINT for the lifecycle and memory together; call it first in the program.
    package static func prepareProcess() {
        // By default each thread's allocations may get an arena of their own, eight for each core, whose holes are never given
        // back: after some thousand jobs that had doubled a service's memory.
        mallopt(M_ARENA_MAX, 2)
        signal(SIGPIPE, SIG_IGN)
        SignalPipe.open()
    }

    /// Runs until a signal comes or a part ends by itself.
    /// - Throws: what a part threw.
    package func run() async throws {
        let ends = BoundedChannel<End>(capacity: components.count + 1)
        waitForSignal { _ = ends.trySend(.signal($0)) }
        var running: [(component: Component, task: Task<Void, Never>)] = []
        for component in components {
            let task = Task {
                do {
                    try await component.run()
                    _ = ends.trySend(.component(component.name, nil))
                } catch {
                    _ = ends.trySend(.component(component.name, error))
                }
            }
            running.append((component, task))
        }
        let end = try await ends.next()
        Self.log.info("the service is ending", ["reason": .string(end.map { "\($0)" } ?? "")])
        for (component, task) in running.reversed() {
            do {
                try await withDeadline(drainLimit) { await component.drain() }
            } catch {
                Self.log.warning("a part did not drain in time", ["part": .string(component.name)])
            }
            task.cancel()
            await task.value
        }
        if case .component(let name, let error)? = end {
            throw error ?? ConfigurationError("the part \(name) ended by itself")
        }
    }

    private enum End: Sendable {
        case signal(Int32)
        case component(String, (any Error)?)
    }

    private func waitForSignal(_ body: @escaping @Sendable (Int32) -> Void) {
        if reload != nil { SignalPipe.take(SIGHUP) }
        startThread(name: "signals") { [reload] in
            while let number = SignalPipe.next() {
                guard number == SIGHUP, let reload else { return body(number) }
                reload()
            }
        }
    }
}
