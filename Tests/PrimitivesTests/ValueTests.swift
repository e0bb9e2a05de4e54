import Primitives
import Testing

@Suite struct ValueTests {
    @Test(
        arguments: [("0", 0), ("512", 512), ("64KiB", 65536), ("10 MiB", 10_485_760), ("4GiB", 4_294_967_296)] as [(String, Int64)])
    func byteSizes(_ text: String, _ bytes: Int64) {
        #expect(ByteSize(parsing: text)?.bytes == bytes)
    }

    @Test(arguments: ["", "-1", "5 bananas", "MiB", "99999999999TiB", "1.5MiB"])
    func badByteSizes(_ text: String) {
        #expect(ByteSize(parsing: text) == nil)
    }

    @Test func identifiersSortByTimeAndAreUnique() async throws {
        let first = Identifier.make("job")
        let end = Timestamp.now().milliseconds + 2
        while Timestamp.now().milliseconds < end { await Task.yield() }
        let second = Identifier.make("job")
        #expect(first < second)
        #expect(Identifier.isWellFormed(first, prefix: "job"))
        #expect(!Identifier.isWellFormed(first, prefix: "file"))
        #expect(!Identifier.isWellFormed("job_../../etc/passwd", prefix: "job"))
        let many = (0..<10_000).map { _ in Identifier.make("x") }
        #expect(zip(many, many.dropFirst()).allSatisfy { $0 < $1 }, "also within a millisecond")
    }

    @Test func retryDelaysGrowAndAreCapped() {
        let policy = RetryPolicy(maximumAttempts: 10, base: .milliseconds(100), cap: .seconds(1))
        #expect(policy.delay(beforeAttempt: 1) == .zero)
        #expect(
            (2...6).map(policy.ceiling) == [
                .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1),
            ])
        #expect(policy.ceiling(beforeAttempt: 1000) == .seconds(1))
        for attempt in 2...8 { #expect(policy.delay(beforeAttempt: attempt) <= policy.ceiling(beforeAttempt: attempt)) }
        #expect(Set((0..<50).map { _ in policy.delay(beforeAttempt: 6) }).count > 1)
    }

    @Test(arguments: [
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
    ])
    func traceContexts(_ header: String) throws {
        let context = try #require(TraceContext(traceparent: header))
        #expect(context.traceparent == header)
        #expect(context.child().traceID == context.traceID)
        #expect(context.child().spanID != context.spanID)
    }

    @Test(arguments: [
        "", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
    ])
    func badTraceContexts(_ header: String) {
        #expect(TraceContext(traceparent: header) == nil)
    }
}
