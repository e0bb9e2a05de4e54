import FoundationEssentials
import ModelRouting
import Primitives
import Testing
import YAML
import TestSupport

@Suite struct RegistryTests {
    private func problems(models: String = SampleRegistry.models, pricing: String = SampleRegistry.pricing) -> [String] {
        do {
            _ = try SampleRegistry.read(models: models, pricing: pricing)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func namesAndAliasesLeadToTheModel() throws {
        let registry = try SampleRegistry.read()
        #expect(registry.models.count == 5)
        #expect(registry.model(named: "best-of-two")?.id == "good")
        #expect(registry.model(named: "nobody") == nil)
        #expect(registry.model(named: "good")?.quality(for: .code) == 99)
        #expect(registry.model(named: "good")?.quality(for: .translate) == 95)
        #expect(registry.suggestion(for: "chaep") == "cheap")
        #expect(registry.model(named: "spread")?.deployments.map(\.id) == ["spread@one", "spread@two"])
        #expect(registry.model(named: "cheap")?.deployments[0].key == .environment("ONE_KEY"))
    }

    @Test func anAddressOfTheEnvironmentIsUsedInstead() throws {
        let models = Bytes(SampleRegistry.models.replacing("8081/v1\",", with: "8081/v1\", base_url_env: HOME_URL,").utf8)
        func url(_ environment: [String: String]) throws(RegistryError) -> String? {
            try ModelRegistry(models: models, pricing: Bytes(SampleRegistry.pricing.utf8), environment: environment)
                .model(named: "small")?.deployments[0].baseURL
        }
        #expect(try url([:]) == "http://127.0.0.1:8081/v1")
        #expect(try url(["HOME_URL": ""]) == "http://127.0.0.1:8081/v1")
        #expect(try url(["HOME_URL": "http://gpu.example:9000/v1/"]) == "http://gpu.example:9000/v1")
        do {
            _ = try url(["HOME_URL": "file:///etc"])
            Issue.record("an address that is none was taken")
        } catch {
            #expect(error.problems.map(\.text) == ["base_url_env must be an address such as https://example.com/v1"])
        }
    }

    @Test(arguments: [
        (
            "context_window: 8192", "contxt_window: 8192",
            "models.yaml:12:5: a model has no key contxt_window; did you mean context_window?"
        ),
        ("quality: 40", "quality: 101", "models.yaml:11:14: quality must be a whole number, 0 to 100"),
        ("[chat, streaming]", "[chat, streming]", "models.yaml:9:26: there is no capability streming; did you mean streaming?"),
        (
            "tasks: [chat, summarise]", "tasks: [chat, sumarise]",
            "models.yaml:10:19: there is no task sumarise; did you mean summarise?"
        ),
        ("[{provider: home}]", "[{provider: hom}]", "models.yaml:15:30: there is no provider hom; did you mean home?"),
        ("fallbacks: [good]", "fallbacks: [goood]", "models.yaml:23:17: there is no model goood; did you mean good?"),
        ("aliases: [local]", "aliases: [good]", "models.yaml:24:5: the name good is given already on line 7"),
        ("aliases: [local]", "aliases: [\"auto:cheap\"]", "models.yaml:7:5: the name auto:cheap belongs to the router"),
        (
            "key_env: ONE_KEY", "key_env: sk-very-secret",
            "models.yaml:4:72: key_env must be the name of an environment variable, in capitals"
        ),
        (
            "https://one.example/v1", "https://me:secret@one.example/v1",
            "models.yaml:4:37: base_url must be an address such as https://example.com/v1"
        ),
        (
            "protocol: anthropic", "protocol: grpc",
            "models.yaml:5:19: there is no protocol grpc; they are: openai, anthropic, gemini, ollama"
        ),
    ])
    func everyMistakeIsToldWithItsPlace(_ right: String, _ wrong: String, _ message: String) {
        let found = problems(models: SampleRegistry.models.replacing(right, with: wrong, maxReplacements: 1))
        #expect(found.contains(message), "\(found)")
        #expect(!found.joined().contains("secret"))
    }

    @Test(arguments: [
        ("input: 0.1,", "input: -0.1,", "pricing.yaml:6:27: input must be dollars as a plain decimal"),
        ("input: 0.1,", "input: 1e300,", "pricing.yaml:6:27: input must be dollars as a plain decimal"),
        ("input: 0.1,", "inptu: 0.1,", "pricing.yaml:6:20: a price has no key inptu; did you mean input?"),
        ("from: 2027-01-01", "from: 2027-02-30", "pricing.yaml:8:25: from must be a day such as 2026-11-21"),
        ("model: cheap,", "model: chaep,", "pricing.yaml:6:5: no deployment has the price chaep; did you mean cheap?"),
        (
            "model: cheap,", "model: chaep,",
            "models.yaml:22:19: cheap has no price, so its calls could not be counted against budgets"
        ),
        ("currency: USD", "currency: EUR", "pricing.yaml:2:11: currency must be USD"),
        ("model: good, from: 2027-01-01", "model: good", "pricing.yaml:8:13: good has two prices from the same day on"),
        ("source_date: 2026-11-21", "source_date: lately", "pricing.yaml:4:14: source_date must be a day such as 2026-11-21"),
    ])
    func everyWrongPriceIsToldWithItsPlace(_ right: String, _ wrong: String, _ message: String) {
        let found = problems(pricing: SampleRegistry.pricing.replacing(right, with: wrong, maxReplacements: 1))
        #expect(found.contains { $0.hasPrefix(message) }, "\(found)")
    }

    @Test(arguments: ["", "[1, 2]", "version: 1", "version: 2\nmodels: []", "a: [", "\u{0}", "models: 7\nversion: 1\nproviders: x"])
    func otherTextsAreProblemsNotCrashes(_ text: String) {
        #expect(!problems(models: text).isEmpty)
        #expect(!problems(pricing: text).isEmpty)
    }

    @Test func severalMistakesAreToldAtOnce() {
        let text = SampleRegistry.models.replacing("quality: 40", with: "quality: no").replacing("quality: 70", with: "quality: -3")
        #expect(problems(models: text).count == 2)
    }

    @Test func theShippedFilesAreRight() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "deploy/models-llm")
        let files = try RegistryFiles(
            models: folder.appending(path: "models.yaml").path, pricing: folder.appending(path: "pricing.yaml").path)
        let registry = files.current
        let providers = Set(registry.models.flatMap { $0.deployments.map(\.provider) })
        #expect(providers == ["llamacpp", "ollama", "openai", "anthropic", "google", "openrouter", "deepseek", "qwen", "kimi"])
        for model in registry.models {
            for deployment in model.deployments {
                let price = deployment.prices.price(at: .now())
                #expect((price.rates.input == .zero) == deployment.isLocal, "\(deployment.id)")
                // No price is off by a factor of a thousand.
                #expect(price.rates.output <= .dollars(200), "\(deployment.id)")
                #expect(price.rates.cachedRead <= price.rates.input, "\(deployment.id)")
            }
        }
    }

    @Test func aChangedFileIsTakenAndAWrongOneIsNot() throws {
        let scratch = try TemporaryFolder("routing")
        let models = try scratch.write(SampleRegistry.models, to: "models.yaml")
        let pricing = try scratch.write(SampleRegistry.pricing, to: "pricing.yaml")
        let files = try RegistryFiles(models: models, pricing: pricing)
        let before = files.current
        #expect(!files.reloadIfChanged())

        _ = try scratch.write(SampleRegistry.models.replacing("quality: 40", with: "quality: wrong!"), to: "models.yaml")
        #expect(!files.reloadIfChanged())
        #expect(files.current === before)
        #expect(files.problem?.message == "models.yaml:11:14: quality must be a whole number, 0 to 100")
        // The same wrong file is not read again and again.
        #expect(!files.reloadIfChanged())

        _ = try scratch.write(SampleRegistry.models.replacing("quality: 40", with: "quality: 41!".dropLast()), to: "models.yaml")
        #expect(files.reloadIfChanged())
        #expect(files.problem == nil)
        #expect(files.current.model(named: "small")?.quality == 41)
        // Who holds the old snapshot keeps it.
        #expect(before.model(named: "small")?.quality == 40)
    }

    @Test func whatCallersSeeHasNeitherKeysNorAddresses() throws {
        let text = String(
            decoding: try #require(try SampleRegistry.read().model(named: "good")).json(at: .now()).serialized(), as: UTF8.self)
        #expect(!text.contains("TWO_KEY") && !text.contains("two.example"))
        #expect(text.contains("\"input_per_million\":5"))
    }
}
