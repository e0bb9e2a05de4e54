import Primitives
import Testing
import Tokenization

struct TokenCountersTests {
    /// The example of OpenAI's cookbook, "How to count tokens with tiktoken", section 7, with what the API said.
    private static let weather = ChatShape(
        messages: [
            .init(role: "system", text: "You are a helpful assistant that can answer to questions about the weather."),
            .init(role: "user", text: "What's the weather like in San Francisco?"),
        ],
        tools: [
            .init(
                name: "get_current_weather", description: "Get the current weather in a given location",
                schema: [
                    "type": "object", "required": ["location"],
                    "properties": [
                        "location": ["type": "string", "description": "The city and state, e.g. San Francisco, CA"],
                        "unit": [
                            "type": "string", "description": "The unit of temperature to return",
                            "enum": ["celsius", "fahrenheit"],
                        ],
                    ],
                ])
        ])

    /// The example of its section 6.
    private static let jargon = ChatShape(messages: [
        .init(
            role: "system",
            text: "You are a helpful, pattern-following assistant that translates corporate jargon into plain English."),
        .init(role: "system", name: "example_user", text: "New synergies will help drive top-line growth."),
        .init(role: "system", name: "example_assistant", text: "Things working well together will increase revenue."),
        .init(
            role: "system", name: "example_user",
            text: "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."),
        .init(
            role: "system", name: "example_assistant", text: "Let's talk later when we're less busy about how to do better."),
        .init(role: "user", text: "This late pivot means we don't have time to boil the ocean for the client deliverable."),
    ])

    @Test("OpenAI's own examples have the counts that its API gave", .enabled(if: Vocabularies.areInstalled))
    func documentedCounts() throws {
        let counters = TokenCounters(vocabularies: Vocabularies.folder)
        #expect(try counters.count(Self.jargon, model: "gpt-4").total == 129)
        #expect(try counters.count(Self.jargon, model: "gpt-4o").total == 124)
        #expect(try counters.count(Self.jargon, model: "openai/gpt-4o").isEstimated == false)
        #expect(try counters.count(Self.weather, model: "gpt-4").total == 105)
        let count = try counters.count(Self.weather, model: "gpt-4o-mini")
        #expect(count.total == 101 && count.isEstimated && count.method == "o200k_base")
    }

    @Test("Anthropic's documented example is near, and flagged")
    func claude() throws {
        let counters = TokenCounters(vocabularies: "/nonexistent")
        let greeting = ChatShape(messages: [
            .init(role: "system", text: "You are a scientist"), .init(role: "user", text: "Hello, Claude"),
        ])
        let count = try counters.count(greeting, model: "claude-sonnet-4-5")
        #expect((11...19).contains(count.total) && count.isEstimated)
        var chat = Self.weather
        chat.messages.removeFirst()
        chat.tools[0].schema = [
            "type": "object", "required": ["location"],
            "properties": ["location": ["type": "string", "description": "The city and state, e.g. San Francisco, CA"]],
        ]
        // The same page counts 403 with this tool.
        #expect((380...450).contains(try counters.count(chat, model: "claude-opus-4-1").total))
        chat.mustCallTool = true
        #expect(try counters.count(chat, model: "claude-opus-4-1").total < 420)
    }

    @Test("A vocabulary that is not installed names the command")
    func missing() throws {
        let counters = TokenCounters(vocabularies: "/nonexistent")
        let error = #expect(throws: TokenizationError.self) { try counters.count("x", model: "gpt-4o") }
        #expect(error?.code == "vocabulary-missing")
        #expect(error?.message.contains("deploy/models install openai-encodings") == true)
    }

    @Test("A configured SentencePiece model counts for the models it is for, and better estimates Gemini")
    func sentencePiece() throws {
        let model = "\(StringCases.folder)/small.model"
        let counters = TokenCounters(vocabularies: "/nonexistent", sentencePieceModels: ["gemma": model, "gemini": model])
        let exact = try counters.count("hello world", model: "google/gemma-3-270m")
        #expect(exact == TokenCount(tokens: try SentencePieceEncoder(path: model).count("hello world"), isEstimated: false))
        #expect(try counters.count("hello world", model: "gemini-2.5-flash").isEstimated)
        #expect(try counters.count("hello world", model: "some-model").isEstimated)
    }

    @Test(
        "Models belong to families",
        arguments: [
            ("gpt-4o-2024-08-06", .openAI(.o200k)), ("gpt-4", .openAI(.cl100k)), ("gpt-4-turbo", .openAI(.cl100k)),
            ("gpt-4.1-mini", .openAI(.o200k)), ("gpt-5", .openAI(.o200k)), ("o3-mini", .openAI(.o200k)),
            ("ft:gpt-3.5-turbo:mine", .openAI(.cl100k)), ("openai/gpt-oss-120b", .openAI(.o200k)),
            ("text-embedding-3-small", .openAI(.cl100k)), ("text-davinci-003", .openAI(.p50k)), ("gpt2", .openAI(.r50k)),
            ("claude-3-5-sonnet-20241022", .claude(isLater: false)), ("claude-opus-4-6", .claude(isLater: false)),
            ("claude-opus-4-20250514", .claude(isLater: false)), ("claude-opus-4-7", .claude(isLater: true)),
            ("anthropic/claude-sonnet-5", .claude(isLater: true)), ("gemini-2.5-pro", .gemini), ("qwen2.5-coder", .unknown),
            ("adapter-1", .unknown), ("", .unknown),
        ] as [(String, ModelFamily)])
    func families(model: String, family: ModelFamily) {
        #expect(ModelFamily(model: model) == family)
    }

    @Test(
        "Images cost what the providers' pages say",
        arguments: [
            ("gpt-4o", 1024, 1024, 765), ("gpt-4o", 2048, 4096, 1105), ("gpt-4.1-mini", 1024, 1024, 1659),
            ("gpt-4.1-mini", 1800, 2400, 2353), ("claude-sonnet-4-5", 1000, 1000, 1334), ("claude-sonnet-4-5", 200, 200, 54),
            ("claude-sonnet-4-5", 8000, 8000, 1600), ("gemini-2.5-flash", 300, 300, 258), ("gemini-2.5-flash", 960, 540, 1548),
        ])
    func images(model: String, width: Int, height: Int, tokens: Int) throws {
        let folder = Vocabularies.areInstalled ? Vocabularies.folder : "/nonexistent"
        let counters = TokenCounters(vocabularies: folder)
        let chat = ChatShape(messages: [.init(role: "user", text: "", images: [.init(width: width, height: height)])])
        guard Vocabularies.areInstalled || !model.hasPrefix("gpt") else { return }
        #expect(try counters.count(chat, model: model).images == tokens)
    }

    @Test("Estimates of English and code are near the exact counts, and rather above", .enabled(if: Vocabularies.areInstalled))
    func estimates() throws {
        let counters = TokenCounters(vocabularies: Vocabularies.folder)
        let english = """
            The committee met in the afternoon to consider the proposal. After a long discussion, most of its members agreed that the \
            new rules should come into force in March, provided that the costs are published beforehand and reviewed every year.
            """
        let exact = try counters.count(english, model: "gpt-4o").tokens
        for model in ["claude-sonnet-4-5", "gemini-2.5-pro", "some-model"] {
            let estimate = try counters.count(english, model: model).tokens
            #expect((exact * 4 / 5...exact * 3 / 2).contains(estimate), "\(model): \(estimate), \(exact)")
        }
        #expect(try counters.count("", model: "some-model").tokens == 0)
    }

    @Test("Many tasks count at once", .enabled(if: Vocabularies.areInstalled))
    func concurrency() async throws {
        let counters = TokenCounters(vocabularies: Vocabularies.folder)
        let text = "Counting at the same time, many times over."
        let models = ["gpt-4o", "gpt-4", "gpt2"]
        let counts = try await withThrowingTaskGroup(of: (String, Int).self) { group in
            for number in 0..<64 {
                let model = models[number % models.count]
                group.addTask { (model, try counters.count(text, model: model).tokens) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0, default: []].insert($1.1) } as [String: Set<Int>]
        }
        for model in models {
            #expect(counts[model] == [try TokenCounters(vocabularies: Vocabularies.folder).count(text, model: model).tokens])
        }
    }

    /// By the providers' own pages: eight tiles, 1,536 patches, the most of Claude, and what Gemini takes unasked.
    @Test(arguments: [
        ("gpt-4o", 1445), ("gpt-4o-mini", 48_169), ("gpt-5-mini", 2489), ("claude-sonnet-4-5", 1600), ("claude-opus-4-7", 4784),
        ("gemini-3-pro", 1120),
    ])
    func theDearestPictureIsKnown(_ model: String, _ tokens: Int) {
        #expect(TokenCounters.mostImageTokens(model: model) == tokens)
    }
}
