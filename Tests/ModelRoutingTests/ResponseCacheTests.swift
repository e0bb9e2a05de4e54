import ModelRouting
import Persistence
import Primitives
import Testing
import TestSupport

@Suite struct CacheKeyTests {
    private func key(_ text: String, model: String = "m", scope: String = "key:k") throws -> CacheKey {
        CacheKey(request: try JSONValue(parsing: Bytes(text.utf8)), model: model, scope: scope)
    }

    @Test(arguments: [
        #"{"messages":[{"role":"user","content":"hé"}],"temperature":1}"#,
        #"{ "temperature" : 1.0, "messages":[{"content":"h\u00e9","role":"user"}] }"#,
        #"{"messages":[{"role":"user","content":"hé"}],"temperature":1,"stream":true,"user":"x"}"#,
    ])
    func theSameRequestHasTheSameKey(_ text: String) throws {
        #expect(try key(text) == key(#"{"messages":[{"role":"user","content":"hé"}],"temperature":1}"#))
    }

    @Test func whatMattersMakesAnotherKey() throws {
        let text = #"{"messages":["a"],"seed":1}"#
        let keys = [
            try key(text), try key(text, model: "n"), try key(text, scope: "key:j"), try key(#"{"messages":["a"],"seed":2}"#),
            try key(#"{"messages":["a "],"seed":1}"#), try key(text, model: "mk", scope: "ey:k"),
            try key(#"{"messages":["a"],"seed":"1"}"#),
            try key(#"{"messages":["a"],"seed":1,"stream_options":{"include_usage":true}}"#),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test func controlIsReadAndNonsenseIsNotGiven() {
        let control = CacheControl(header: "max-age=60, Scope=organisation , nonsense, max-age=x")
        #expect(control.mayRead && control.mayStore && control.maximumAge == 60 && control.scope == .organisation)
        #expect(CacheControl(header: "no-cache").mayStore && !CacheControl(header: "no-cache").mayRead)
        #expect(!CacheControl(header: "No-Store").mayStore && !CacheControl(header: "no-store").mayRead)
        #expect(CacheControl(header: "max-age=-1,scope=all,,=") == CacheControl())
        #expect(CacheScope.organisation.identity(key: "k", user: nil, organisation: nil) == "key:k")
    }
}

@Suite struct ResponseCacheTests {
    private let start = TestClock.time("2026-11-21T12:00:00Z")

    private func key(_ number: Int) -> CacheKey { CacheKey(canonical: Bytes("\(number)".utf8), model: "m", scope: "s") }

    private func response(_ number: Int, size: Int = 1000) -> CachedResponse {
        CachedResponse(
            model: "m", provider: "p", usage: TokenUsage(input: 9, cachedRead: 2, output: number), cost: Money(nanoDollars: 7),
            events: [Bytes("event \(number)".utf8), [], Bytes(repeating: UInt8(number % 256), count: size)])
    }

    private func with(_ size: Int64, _ body: (ResponseCache, Database) async throws -> Void) async throws {
        let scratch = try TemporaryFolder("routing")
        let database = try await scratch.open()
        try await body(try await ResponseCache(database, maximumSize: .bytes(size), timeToLive: .seconds(100)), database)
        await database.close()
    }

    @Test func anAnswerComesAgainEventByEventUntilItsTimeIsUp() async throws {
        try await with(1 << 20) { (cache, _) async throws in
            #expect(try await cache.find(key(1), now: start) == nil)
            #expect(try await cache.store(response(1), for: key(1), now: start))
            let hit = try #require(try await cache.find(key(1), now: start.advanced(by: .seconds(40))))
            #expect(hit.response == response(1))
            #expect(hit.age == 40 && hit.timeLeft == 60)
            #expect(try await cache.find(key(1), now: start.advanced(by: .milliseconds(100_000))) == nil)
            let statistics = cache.statistics
            #expect(statistics.misses == 2)
        }
    }

    @Test func requestsDecideForThemselves() async throws {
        try await with(1 << 20) { (cache, _) async throws in
            #expect(try await !cache.store(response(1), for: key(1), CacheControl(header: "no-store"), now: start))
            #expect(try await cache.store(response(1), for: key(1), CacheControl(header: "no-cache"), now: start))
            #expect(try await cache.find(key(1), CacheControl(header: "no-cache"), now: start) == nil)
            let later = start.advanced(by: .seconds(30))
            #expect(try await cache.find(key(1), CacheControl(header: "max-age=29"), now: later) == nil)
            #expect(try await cache.find(key(1), CacheControl(header: "max-age=30"), now: later) != nil)
        }
    }

    @Test func whatIsUsedStaysAndTheSizeHolds() async throws {
        try await with(40_000) { (cache, database) async throws in
            for number in 0..<200 {
                let now = start.advanced(by: .milliseconds(Int64(number) * 10))
                #expect(try await cache.store(response(number), for: key(number), now: now))
                #expect(try await cache.find(key(0), now: now.advanced(by: .milliseconds(5))) != nil, "\(number)")
                #expect(cache.statistics.bytes <= 40_000)
            }
            #expect(try await cache.find(key(100), now: start) == nil)
            let rows = try await database.read {
                try $0.first("SELECT count(*) AS n, sum(size) AS size FROM cached_response") {
                    (try $0.integer("n"), try $0.integer("size"))
                }
            }
            #expect(rows?.0 == Int64(cache.statistics.entries))
            #expect(rows?.1 == Int64(cache.statistics.bytes))
            #expect(try await !cache.store(response(1, size: 50_000), for: key(999), now: start))
        }
    }

    @Test func outlivesARestartAndIsSwept() async throws {
        try await with(1 << 20) { (cache, database) async throws in
            for number in 0..<5 {
                try await cache.store(response(number), for: key(number), now: start.advanced(by: .seconds(Double(number) * 10)))
            }
            let again = try await ResponseCache(database, maximumSize: .bytes(1 << 20))
            #expect(try await again.find(key(3), now: start.advanced(by: .seconds(50)))?.response == response(3))
            try await again.sweep(now: start.advanced(by: .seconds(125)))
            #expect(again.statistics.entries == 2)
            try await again.sweep(now: start.advanced(by: .seconds(1000)))
            #expect(again.statistics.bytes == 0)
            #expect(try await again.find(key(4), now: start) == nil)
        }
    }

    @Test func anAnswerReplacesTheOneBefore() async throws {
        try await with(1 << 20) { (cache, _) async throws in
            try await cache.store(response(1), for: key(1), now: start)
            try await cache.store(response(2, size: 10), for: key(1), now: start)
            #expect(try await cache.find(key(1), now: start)?.response == response(2, size: 10))
            #expect(cache.statistics.entries == 1 && cache.statistics.bytes < 400)
        }
    }
}
