import Testing

@testable import HTTPServer

/// Runs each test twice: with transfers on the client's own thread, and as a task of an event loop, which carries them out itself.
struct BothCarriers: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await function()
        let loop = try EventLoop(name: "test-loop")
        loop.start()
        defer { loop.stop() }
        try await withTaskExecutorPreference(loop) { try await function() }
    }
}

extension Trait where Self == BothCarriers {
    static var bothCarriers: Self { Self() }
}
