/// What a test gives up with.
package struct TestFailure: Error, Equatable {
    package let message: String

    package init(message: String) {
        self.message = message
    }
}

/// Waits until a condition holds.
/// - Parameters:
///   - what: what is waited for, for the failure.
///   - limit: long enough for a busy machine; a test never expects to reach it.
/// - Throws: `TestFailure` when the condition does not hold in time, or what the condition throws.
package func eventually(
    _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { throw TestFailure(message: "in vain: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
