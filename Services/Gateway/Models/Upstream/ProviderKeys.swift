import FoundationEssentials
import ModelRouting
import Primitives
import Synchronization

/// The providers' keys, read when the registry is: deciding and calling never touch a file.
final class ProviderKeys: Sendable {
    private static let log = Log("gateway.keys")
    private let environment: [String: String]
    private let keys = Mutex<[KeyReference: String]>([:])

    /// - Parameter environment: the process's own.
    init(environment: [String: String]) {
        self.environment = environment
    }

    /// Reads the keys that the registry's deployments need. Blocks the thread.
    func refresh(for registry: ModelRegistry) {
        var found: [KeyReference: String] = [:]
        for reference in Set(registry.models.flatMap { $0.deployments.compactMap(\.key) }) {
            if let key = read(reference), !key.isEmpty { found[reference] = key }
        }
        keys.withLock { $0 = found }
    }

    func has(_ reference: KeyReference) -> Bool { keys.withLock { $0[reference] != nil } }

    /// - Returns: `nil` when the key is not set.
    func key(_ reference: KeyReference) -> String? { keys.withLock { $0[reference] } }

    private func read(_ reference: KeyReference) -> String? {
        switch reference {
        case .environment(let name): return environment[name].map(Self.trimmed)
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                Self.log.warning("a provider's key file can not be read", ["file": .string(path)])
                return nil
            }
            return Self.trimmed(String(decoding: data, as: UTF8.self))
        }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.split(whereSeparator: \.isWhitespace).first ?? "")
    }
}
