import Primitives
import YAML

/// Reads `models.yaml`.
struct ModelsFile {
    private struct Provider {
        let upstreamProtocol: UpstreamProtocol
        let baseURL: String
        let key: KeyReference?
        let isLocal: Bool
        let expectation: SpeedExpectation
    }

    private static let providerKeys = [
        "protocol", "base_url", "base_url_env", "key_env", "key_file", "local", "first_token_seconds", "token_seconds",
    ]
    private static let deploymentKeys = [
        "provider", "model", "base_url", "key_env", "key_file", "local", "price", "first_token_seconds", "token_seconds",
    ]
    private static let modelKeys = [
        "id", "aliases", "capabilities", "tasks", "quality", "task_quality", "context_window", "maximum_output", "token_family",
        "deployments", "fallbacks",
    ]

    private(set) var models: [Model] = []
    private let pricing: PricingFile
    private let environment: [String: String]
    private let problems: ProblemList
    private var providers: [String: Provider] = [:]
    /// Names of prices that a deployment has.
    private(set) var usedPrices: Set<String> = []

    init(_ root: YAMLNode, pricing: PricingFile, environment: [String: String], _ problems: ProblemList) {
        (self.pricing, self.environment, self.problems) = (pricing, environment, problems)
        let file = FieldReader(root, what: "the model file", known: ["version", "providers", "models"], problems: problems)
        _ = file.integer("version", 1...1)
        for entry in file.entries("providers") { providers[entry.key] = provider(entry.value) }

        var names: [String: YAMLPosition] = [:]
        var fallbacks: [(name: String, at: YAMLPosition)] = []
        for node in file.nodes("models") {
            let fields = FieldReader(node, what: "a model", known: Self.modelKeys, problems: problems)
            let model = self.model(fields)
            for name in [model.id] + model.aliases {
                if let first = names.updateValue(node.position, forKey: name) {
                    fields.problem("the name \(name) is given already on line \(first.line)")
                }
                if name == "auto" || name.hasPrefix("auto:") { fields.problem("the name \(name) belongs to the router") }
            }
            fallbacks += fields.texts("fallbacks").map { ($0.text, $0.at) }
            models.append(model)
        }
        if models.isEmpty { file.problem("the model file needs models") }
        for fallback in fallbacks where names[fallback.name] == nil {
            problems.add("there is no model \(fallback.name)" + hint(fallback.name, names.keys), at: fallback.at)
        }
    }

    private func provider(_ node: YAMLNode) -> Provider {
        let fields = FieldReader(node, what: "a provider", known: Self.providerKeys, problems: problems)
        let spoken = fields.text("protocol")
        let upstreamProtocol = UpstreamProtocol(rawValue: spoken)
        if upstreamProtocol == nil {
            fields.problem(
                "there is no protocol \(spoken); they are: \(UpstreamProtocol.allCases.map(\.rawValue).joined(separator: ", "))",
                at: "protocol")
        }
        return Provider(
            upstreamProtocol: upstreamProtocol ?? .openai, baseURL: providerURL(fields), key: key(fields),
            isLocal: fields.flag("local", default: false), expectation: expectation(fields, .hosted))
    }

    private mutating func model(_ fields: FieldReader) -> Model {
        let id = fields.text("id")
        var capabilities: Capabilities = []
        for (name, position) in fields.texts("capabilities") {
            guard let capability = Capabilities(name: name) else {
                problems.add("there is no capability \(name)" + hint(name, Capabilities.named.map(\.name)), at: position)
                continue
            }
            capabilities.insert(capability)
        }
        if capabilities.isDisjoint(with: [.chat, .embeddings]) {
            fields.problem("a model needs the capability chat or embeddings")
        }
        let tasks = Set(fields.texts("tasks").compactMap { task($0.text, at: $0.at) })
        var taskQuality: [ModelTask: Int] = [:]
        for entry in fields.entries("task_quality") {
            if let task = task(entry.key, at: entry.at) { taskQuality[task] = fields.integer(entry.value, entry.key, 0...100) }
        }
        let nodes = fields.nodes("deployments")
        if nodes.isEmpty { fields.problem("a model needs deployments") }
        let deployments = nodes.map { deployment(model: id, $0) }
        if Set(deployments.map(\.id)).count < deployments.count {
            fields.problem("a provider can have only one deployment of a model", at: "deployments")
        }
        let window = fields.integer("context_window", 1...TokenUsage.maximumTokens)
        return Model(
            id: id, aliases: fields.texts("aliases").map(\.text), capabilities: capabilities, tasks: tasks,
            quality: fields.integer("quality", 0...100), taskQuality: taskQuality, contextWindow: window,
            maximumOutput: fields.integer("maximum_output", 0...window, default: capabilities.contains(.chat) ? nil : 0),
            tokenFamily: fields.text("token_family"), deployments: deployments, fallbacks: fields.texts("fallbacks").map(\.text))
    }

    private mutating func deployment(model: String, _ node: YAMLNode) -> Deployment {
        let fields = FieldReader(node, what: "a deployment", known: Self.deploymentKeys, problems: problems)
        let name = fields.text("provider")
        let provider = providers[name]
        if provider == nil { fields.problem("there is no provider \(name)" + hint(name, providers.keys), at: "provider") }
        let isLocal = fields.flag("local", default: provider?.isLocal ?? false)
        let price = fields.optionalText("price") ?? model
        let prices = pricing.histories[price]
        if prices == nil, !isLocal {
            fields.problem(
                "\(price) has no price, so its calls could not be counted against budgets" + hint(price, pricing.histories.keys))
        }
        if prices != nil { usedPrices.insert(price) }
        return Deployment(
            id: "\(model)@\(name)", provider: name, upstreamProtocol: provider?.upstreamProtocol ?? .openai,
            baseURL: fields.optionalText("base_url").map { baseURL(fields, $0) } ?? provider?.baseURL ?? "",
            key: key(fields) ?? provider?.key, upstreamModel: fields.optionalText("model") ?? model, isLocal: isLocal,
            prices: prices ?? .free, expectation: expectation(fields, provider?.expectation ?? .hosted))
    }

    private func task(_ name: String, at position: YAMLPosition) -> ModelTask? {
        if let task = ModelTask(rawValue: name) { return task }
        problems.add("there is no task \(name)" + hint(name, ModelTask.allCases.map(\.rawValue)), at: position)
        return nil
    }

    private func key(_ fields: FieldReader) -> KeyReference? {
        if let path = fields.optionalText("key_file") {
            if fields.node("key_env") != nil { fields.problem("only one of key_env and key_file can be given", at: "key_env") }
            return .file(path)
        }
        guard let name = fields.optionalText("key_env") else { return nil }
        let isName = name.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
        // A key itself, pasted here, must not be repeated in the message.
        if !isName { fields.problem("key_env must be the name of an environment variable, in capitals", at: "key_env") }
        return .environment(name)
    }

    private func expectation(_ fields: FieldReader, _ base: SpeedExpectation) -> SpeedExpectation {
        SpeedExpectation(
            timeToFirstToken: fields.seconds("first_token_seconds") ?? base.timeToFirstToken,
            timePerToken: fields.seconds("token_seconds") ?? base.timePerToken)
    }

    /// `base_url`, unless the environment has another: a server moves from machine to machine more often than its models change.
    private func providerURL(_ fields: FieldReader) -> String {
        let own = baseURL(fields, fields.text("base_url"))
        guard let name = fields.optionalText("base_url_env"), let other = environment[name], !other.isEmpty else { return own }
        return baseURL(fields, other, key: "base_url_env")
    }

    private func baseURL(_ fields: FieldReader, _ text: String, key: String = "base_url") -> String {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        let isAddress =
            parts.count == 3 && ["http:", "https:"].contains(parts[0]) && parts[1].isEmpty && !parts[2].isEmpty
            && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"@?#".utf8.contains($0) }
        if !isAddress { fields.problem("\(key) must be an address such as https://example.com/v1", at: key) }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private func hint(_ name: String, _ known: some Sequence<String>) -> String {
        Spelling.nearest(to: name, among: known).map { "; did you mean \($0)?" } ?? ""
    }
}
