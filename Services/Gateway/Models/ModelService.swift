package import ModelProtocols
package import ModelRouting
package import Persistence
package import Primitives
import Tokenization

/// The language models of a studio, put together over their database.
package final class ModelService: Sendable {
    package static let migrations =
        Budgets.migrations + UsageLedger.migrations + [DecisionLog.migration, ResponseCache.migration] + Outbox.migrations
    /// How long single calls, sums of sessions and accounts of closed periods and ended sessions are kept.
    private static let keptFor = Duration.hours(24 * 90)

    private static let log = Log("gateway.models")
    package let budgets: Budgets
    package let ledger: UsageLedger
    package let decisions: DecisionLog
    package let cache: ResponseCache
    private let files: RegistryFiles
    private let keys: ProviderKeys
    private let health: HealthBoard
    private let dispatcher: ModelDispatcher
    private let betas: Set<String>
    let counters: TokenCounters
    let counting = TokenThreads()

    /// - Parameters:
    ///   - database: opened with full durability: it holds what was spent.
    ///   - environment: the process's own, where providers' keys and addresses are looked for.
    ///   - alert: is told of thresholds of budgets that were reached, in the transaction that makes it true: it may write into the
    ///     outbox.
    ///   - report: is told of every call when it has ended.
    /// - Throws: `RegistryError` when the files of models and prices are wrong; `TokenizationError` for a SentencePiece model that can
    ///   not be used; `CallLimitError`; `DatabaseError`.
    package init(
        _ database: Database, settings: ModelSettings, environment: [String: String],
        alert: @escaping @Sendable (BudgetEvent, Connection) throws -> Void, report: @escaping @Sendable (EndedCall) -> Void
    ) async throws {
        betas = settings.betas
        try settings.limit.validate()
        try settings.ownerLimit?.validate()
        files = try RegistryFiles(models: settings.modelsFile, pricing: settings.pricingFile, environment: environment)
        let keys = ProviderKeys(environment: environment)
        keys.refresh(for: files.current)
        health = HealthBoard()
        budgets = try await Budgets(database, recordEvent: alert)
        ledger = UsageLedger(database)
        decisions = DecisionLog(database)
        cache = try await ResponseCache(database, maximumSize: settings.cacheSize, timeToLive: settings.cacheAge)
        counters = TokenCounters(vocabularies: settings.vocabularies, sentencePieceModels: settings.sentencePieceModels)
        try counters.loadSentencePieces()
        self.keys = keys
        dispatcher = ModelDispatcher(
            registry: files,
            router: ModelRouter(
                health: health, hasKey: { keys.has($0) }, imageTokens: { TokenCounters.mostImageTokens(model: $0.id) }),
            health: health, budgets: budgets, ledger: ledger, cache: cache, decisions: decisions, counters: counters,
            counting: counting, upstream: Upstream(settings: settings, keys: keys, registry: files.current), settings: settings,
            report: report)
    }

    /// What a caller of Anthropic's door asks for in the fields of the header `anthropic-beta`.
    package func betas(_ fields: [String]) -> AnthropicBetas { AnthropicBetas(fields, others: betas) }

    /// The models as of now.
    package var registry: ModelRegistry { files.current }
    /// Whether the files of models and prices are in use as they are now; what is wrong with them is in the log.
    package var isRegistryCurrent: Bool { files.problem == nil }

    /// Answers a call of a model.
    /// - Throws: `CallRefused`; `CancellationError` when the caller leaves.
    package func answer(_ request: DoorRequest, for caller: ModelCaller) async throws -> ModelAnswer {
        try await told { try await dispatcher.answer(request, for: caller) }
    }

    /// Turns texts into vectors.
    /// - Throws: as `answer(_:for:)`.
    package func embed(_ body: Bytes, for caller: ModelCaller) async throws -> ModelAnswer {
        try await told { try await dispatcher.embed(body, for: caller) }
    }

    /// Decides where a call would go, without making it.
    /// - Throws: `CallRefused`.
    package func decide(_ request: DoorRequest, for caller: ModelCaller) async throws -> RouteDecision {
        try await told {
            let input = try await dispatcher.input(request)
            return try await dispatcher.decide(
                dispatcher.routeRequest(request, input), for: caller, caller.account, wishes: request.wishes)
        }
    }

    /// A decision as it is told to people: of a call that runs, of one that has ended, or of one that was not made.
    /// - Parameter key: only a decision of this key; `nil` for anybody's.
    /// - Throws: `DatabaseError`.
    package func decision(_ id: String, key: String?) async throws -> JSONValue? {
        // In the order in which a decision moves, so that it is seen on its way.
        if let found = dispatcher.running.find(id, key: key) ?? ledger.waitingDecision(id, key: key) {
            return DecisionLog.document(found.decision, key: found.key)
        }
        return try await decisions.find(id, key: key)
    }

    /// Whether a deployment of the model could be called: its key is there, and if it is a local one, it runs.
    package func isAvailable(_ model: Model) -> Bool {
        model.deployments.contains { health.isPresent($0.id) && ($0.key.map(keys.has) ?? true) }
    }

    /// Reads the registry again.
    /// - Parameter onlyIfChanged: leaves it when neither file has changed.
    package func reload(onlyIfChanged: Bool) {
        guard onlyIfChanged ? files.reloadIfChanged() : files.reload() else { return }
        let registry = files.current
        keys.refresh(for: registry)
        dispatcher.upstream.update(for: registry)
        health.keepOnly(registry.deploymentIDs)
    }

    /// Writes down what the ledger and the decisions hold until `drain()`.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.ledger.run() }
            group.addTask { try await self.decisions.run() }
            group.addTask { try await self.budgets.run() }
            group.addTask { try await self.watchLocalDeployments() }
            try await group.waitForAll()
        }
    }

    /// Looks every few seconds which local deployments run.
    private func watchLocalDeployments() async throws {
        while true {
            let absent = await LocalDeployments.absent(from: files.current, upstream: dispatcher.upstream)
            health.setAbsent(absent)
            try await Task.sleep(for: LocalDeployments.interval)
        }
    }

    /// Waits until everything is on disk.
    package func drain() async {
        counting.stop()
        await dispatcher.upstream.shutdown()
        await ledger.drain()
        await decisions.drain()
        do {
            try await budgets.drain()
        } catch {
            Self.log.error("leases of budgets stay written off", ["error": .string("\(error)")])
        }
    }

    /// Removes answers, calls and accounts that are past their time. One part's failure keeps the others from nothing.
    package func sweep() async {
        await step("answers") { try await cache.sweep() }
        await step("calls") { try await ledger.sweep(olderThan: Self.keptFor) }
        await step("budgets") { try await budgets.sweep(olderThan: Self.keptFor) }
    }

    private func step(_ part: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            Self.log.warning("sweeping failed and will be tried again", ["part": .string(part), "error": .string("\(error)")])
        }
    }

    private func told<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch { throw CallRefused(error) ?? error }
    }
}
