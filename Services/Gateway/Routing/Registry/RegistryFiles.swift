import FoundationEssentials
import Primitives
import Synchronization
import YAML

/// The registry in use and the files it comes from.
///
/// Reading the registry is one short lock around one reference; whoever holds a snapshot keeps it for the whole request, however
/// often the files change meanwhile. A file that is wrong changes nothing: what was read before stays in use.
package final class RegistryFiles: Sendable {
    private struct State {
        var registry: ModelRegistry
        var stamps: [FileStamp]
        var problem: RegistryError?
    }

    private static let log = Log("gateway.registry")
    private let paths: [String]
    private let environment: [String: String]
    private let state: Mutex<State>

    /// - Parameters:
    ///   - models: path of `models.yaml`.
    ///   - pricing: path of `pricing.yaml`.
    ///   - environment: where `base_url_env` is looked up.
    /// - Throws: `RegistryError` when there is nothing right to begin with.
    package init(models: String, pricing: String, environment: [String: String] = [:]) throws(RegistryError) {
        paths = [models, pricing]
        self.environment = environment
        let stamps = paths.map(FileStamp.init)
        state = Mutex(State(registry: try Self.read(models, pricing, environment), stamps: stamps))
    }

    /// The registry as of now.
    package var current: ModelRegistry { state.withLock(\.registry) }
    /// Why the files as they are now are not in use; `nil` when they are.
    package var problem: RegistryError? { state.withLock(\.problem) }

    /// Reads the files again when one of them has changed; to be called now and then.
    /// - Returns: whether another registry is in use now.
    package func reloadIfChanged() -> Bool {
        let stamps = paths.map(FileStamp.init)
        guard state.withLock({ $0.stamps != stamps }) else { return false }
        return reload()
    }

    /// Reads the files again.
    /// - Returns: whether they are in use now; if not, `problem` and the log say why.
    @discardableResult
    package func reload() -> Bool {
        // Taken before reading: a change in between is seen the next time.
        let stamps = paths.map(FileStamp.init)
        do {
            let registry = try Self.read(paths[0], paths[1], environment)
            state.withLock { $0 = State(registry: registry, stamps: stamps) }
            Self.log.info("the model registry was read", ["models": JSONValue(registry.models.count)])
            return true
        } catch {
            state.withLock { ($0.stamps, $0.problem) = (stamps, error) }
            Self.log.warning("the changed model registry is not used", ["error": .string(error.message)])
            return false
        }
    }

    private static func read(
        _ models: String, _ pricing: String, _ environment: [String: String]
    ) throws(RegistryError) -> ModelRegistry {
        try ModelRegistry(models: try contents(models), pricing: try contents(pricing), environment: environment)
    }

    private static func contents(_ path: String) throws(RegistryError) -> Bytes {
        guard let data = FileManager.default.contents(atPath: path) else {
            let problem = FileProblem(file: path, position: .start, text: "the file can not be read")
            throw RegistryError(problems: [problem])
        }
        return Bytes(data)
    }
}
