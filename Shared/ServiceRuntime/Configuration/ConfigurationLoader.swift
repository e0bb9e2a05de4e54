package import Contracts
import FoundationEssentials
import Primitives
import YAML

/// A configuration that does not fit: where it came from and what is wrong.
package struct ConfigurationError: CodedError {
    package let message: String
    package var code: String { "invalid-configuration" }

    package init(_ message: String) {
        self.message = message
    }
}

/// Reads a service's configuration: defaults, then a YAML file, then environment variables, then flags; the later wins.
///
/// The key `http-port` is `http-port: 8082` in the file, `AVSTUDIO_HTTP_PORT=8082` in the environment and `--http-port 8082` as
/// a flag. A key that is not in the schema stops the start.
package struct ConfigurationLoader: Sendable {
    private let environment: [String: String]
    private let arguments: [String]

    /// - Parameter arguments: what follows the command; `--config <file>` names the YAML file.
    package init(arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.arguments = arguments
        self.environment = environment
    }

    /// - Throws: `ConfigurationError` naming the key and the place.
    package func load<Root>(_ schema: Schema<Root>) throws(ConfigurationError) -> Root {
        var flags = try parsedFlags(schema)
        var members: [String: JSONValue] = [:]
        if let path = flags.removeValue(forKey: "config") ?? environment["AVSTUDIO_CONFIG"] {
            members = try file(path, schema)
        }
        for field in schema.fields {
            let variable = Self.variable(field.name)
            if let text = environment[variable] {
                members[field.name] = try value(text, field.description, "environment \(variable)")
            }
            if let text = flags[field.name] { members[field.name] = try value(text, field.description, "flag --\(field.name)") }
        }
        do {
            return try schema.decode(.object(members))
        } catch {
            throw ConfigurationError(error.message)
        }
    }

    /// The environment variable of a key.
    package static func variable(_ key: String) -> String {
        "AVSTUDIO_" + key.uppercased().replacing("-", with: "_")
    }

    private func value(_ text: String, _ field: FieldDescription, _ source: String) throws(ConfigurationError) -> JSONValue {
        do {
            return try field.value(parsing: text)
        } catch {
            throw ConfigurationError("\(source): \(error.message)")
        }
    }

    private func file<Root>(_ path: String, _ schema: Schema<Root>) throws(ConfigurationError) -> [String: JSONValue] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError("the configuration file \(path) can not be read")
        }
        let root: YAMLNode?
        do {
            root = try YAMLParser.parse(Bytes(data))
        } catch {
            throw ConfigurationError("\(path): \(error.message)")
        }
        guard let root else { return [:] }
        guard case .mapping(let nodes) = root.content else {
            throw ConfigurationError("\(path): line \(root.line): keys and values are expected")
        }
        for node in nodes {
            do {
                _ = try schema.decodeAlone(node.key, node.value.json)
            } catch {
                throw ConfigurationError("\(path): line \(node.value.line): \(error.message)")
            }
        }
        return Dictionary(uniqueKeysWithValues: nodes.map { ($0.key, $0.value.json) })
    }

    private func parsedFlags<Root>(_ schema: Schema<Root>) throws(ConfigurationError) -> [String: String] {
        let known = Set(schema.fields.map(\.name) + ["config"])
        var flags: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else { throw ConfigurationError("unexpected argument \(argument)") }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard known.contains(name) else {
                throw ConfigurationError("there is no flag --\(name); the flags are: \(known.sorted().joined(separator: ", "))")
            }
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                throw ConfigurationError("the flag --\(name) needs a value")
            }
            flags[name] = value
        }
        return flags
    }
}

extension Schema {
    /// Checks one member by itself, so that an error can be told with its line.
    fileprivate func decodeAlone(_ key: String, _ value: JSONValue) throws(SchemaError) {
        do {
            _ = try decode(.object([key: value]))
        } catch  where error.reason == .missing {
            return
        }
    }
}
