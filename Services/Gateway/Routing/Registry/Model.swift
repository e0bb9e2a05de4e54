package import Primitives

/// A model that requests can name. It never changes; a class, so that decisions pass it on by one reference.
package final class Model: Sendable {
    /// Unique in the registry, aliases included.
    package let id: String
    package let aliases: [String]
    package let capabilities: Capabilities
    /// What it is good for; empty for everything.
    package let tasks: Set<ModelTask>
    /// 0 (useless) to 100 (the best there is), over all tasks.
    package let quality: Int
    /// Where a task's quality differs from the overall one.
    package let taskQuality: [ModelTask: Int]
    /// Tokens of input and output together.
    package let contextWindow: Int
    /// Tokens of output at most.
    package let maximumOutput: Int
    /// Which encoding counts its tokens, for example `o200k_base`.
    package let tokenFamily: String
    /// At least one, in order of preference.
    package let deployments: [Deployment]
    /// Models that take over when every deployment fails, by id, in order.
    package let fallbacks: [String]

    init(
        id: String, aliases: [String], capabilities: Capabilities, tasks: Set<ModelTask>, quality: Int,
        taskQuality: [ModelTask: Int], contextWindow: Int, maximumOutput: Int, tokenFamily: String, deployments: [Deployment],
        fallbacks: [String]
    ) {
        (self.id, self.aliases, self.capabilities, self.tasks) = (id, aliases, capabilities, tasks)
        (self.quality, self.taskQuality, self.contextWindow) = (quality, taskQuality, contextWindow)
        (self.maximumOutput, self.tokenFamily, self.deployments) = (maximumOutput, tokenFamily, deployments)
        self.fallbacks = fallbacks
    }

    /// 0 to 100 for a task; the overall quality when none is given.
    package func quality(for task: ModelTask?) -> Int {
        task.flatMap { taskQuality[$0] } ?? quality
    }

    /// The model for `GET /llm/models`: everything a caller chooses by, and nothing of keys or addresses.
    /// - Parameter time: whose prices are told.
    package func json(at time: Timestamp) -> JSONValue {
        let price = deployments[0].prices.price(at: time)
        return [
            "id": .string(id), "aliases": .array(aliases.map(JSONValue.string)),
            "capabilities": .array(capabilities.names.map(JSONValue.string)),
            "tasks": .array(tasks.map(\.rawValue).sorted().map(JSONValue.string)), "quality": JSONValue(quality),
            "task_quality": .object(Dictionary(uniqueKeysWithValues: taskQuality.map { ($0.key.rawValue, JSONValue($0.value)) })),
            "context_window": JSONValue(contextWindow), "maximum_output": JSONValue(maximumOutput),
            "token_family": .string(tokenFamily), "local": .bool(deployments.contains(where: \.isLocal)),
            "providers": .array(deployments.map { .string($0.provider) }),
            "price": [
                "input_per_million": price.rates.input.json, "output_per_million": price.rates.output.json,
                "cached_read_per_million": price.rates.cachedRead.json, "cached_write_per_million": price.rates.cachedWrite.json,
                "per_image": price.image.json,
            ],
        ]
    }
}
