import ModelProtocols
import ModelRouting
import Primitives

/// Which local deployments run. A model of one's own machines comes and goes with its server, and who leaves the choice to the
/// router shall not wait for one that is not there.
enum LocalDeployments {
    /// How soon a server that has been started or stopped is noticed.
    static let interval = Duration.seconds(3)

    /// Asks each local server for its list of models.
    /// - Returns: the ids of deployments whose server does not answer, or says that it does not have the model.
    static func absent(from registry: ModelRegistry, upstream: Upstream) async -> Set<String> {
        let servers = Dictionary(grouping: registry.models.flatMap(\.deployments).filter(\.isLocal)) { $0.baseURL }
        return await withTaskGroup(of: [String].self) { group in
            for deployments in servers.values { group.addTask { await absent(deployments, upstream) } }
            return await group.reduce(into: []) { $0.formUnion($1) }
        }
    }

    /// - Parameter deployments: all of one server.
    private static func absent(_ deployments: [Deployment], _ upstream: Upstream) async -> [String] {
        let models: Set<String>
        do {
            guard let list = try await upstream.models(at: deployments[0]) else { return [] }
            models = Set(list.map { untagged($0.id) })
        } catch {
            return deployments.map(\.id)
        }
        // Only Ollama refuses what is not in its list; the others go by what they were started with.
        return deployments.filter { $0.upstreamProtocol == .ollama && !models.contains(untagged($0.upstreamModel)) }.map(\.id)
    }

    /// A name of Ollama's without the tag that goes without saying.
    private static func untagged(_ name: String) -> String { name.hasSuffix(":latest") ? String(name.dropLast(7)) : name }
}
