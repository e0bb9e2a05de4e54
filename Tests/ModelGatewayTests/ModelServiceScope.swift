import FoundationEssentials
import ModelGateway
import ModelRouting
import Persistence
import TestSupport

/// The service itself, without its doors, with a stand-in for its providers and a budget for everybody.
/// - Parameters:
///   - alert: gets thresholds of budgets.
///   - report: gets every call that has ended.
///   - body: gets the service, its store and the providers.
func withModelService(
    alerting alert: @escaping @Sendable (BudgetEvent) -> Void = { _ in },
    reporting report: @escaping @Sendable (EndedCall) -> Void = { _ in },
    _ body: (ModelService, Database, ModelProviderServer) async throws -> Void
) async throws {
    let provider = try ModelProviderServer.start()
    let folder = try TemporaryFolder("avstudio-models")
    for (name, text) in [("models.yaml", StandIn.models(provider.url)), ("pricing.yaml", StandIn.pricing)] {
        try Data(text.utf8).write(to: URL(filePath: folder.appending(name)))
    }
    var settings = ModelSettings(
        modelsFile: folder.appending("models.yaml"), pricingFile: folder.appending("pricing.yaml"), vocabularies: folder.path)
    settings.allowedHosts = ["127.0.0.1"]
    let database = try await Database.open(folder.appending("usage.sqlite"), migrations: ModelService.migrations)
    let service = try await ModelService(
        database, settings: settings, environment: ["STAND_IN_KEY": "x"], alert: { event, _ in alert(event) }, report: report)
    try await service.budgets.put(
        Budget(id: "all", kind: .user, subject: nil, period: .total, limit: Money(nanoDollars: 1_000_000_000_000)))
    let running = Task { try await service.run() }
    try await body(service, database, provider)
    await service.drain()
    running.cancel()
    _ = await running.result
    await database.close()
    await provider.stop()
}
