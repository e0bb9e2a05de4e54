/// What a test gives up with.
package struct TestFailure: Error, Equatable {
    package let message: String

    package init(message: String) {
        self.message = message
    }
}

/// Waits until a condition holds, and asks for it less and less often: 5 ms at first, 10 times a second at last, so that asking
/// costs a busy machine little and stays far under the door's limit of requests.
/// - Parameters:
///   - what: what is waited for, for the failure.
///   - limit: long enough for a busy machine; a test never expects to reach it.
/// - Throws: `TestFailure` when the condition does not hold in time, or what the condition throws.
package func eventually(
    _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    var pause = Duration.milliseconds(5)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw TestFailure(message: "in vain: \(what)") }
        try await Task.sleep(for: pause)
        pause = min(pause * 1.2, .milliseconds(100))
    }
}
