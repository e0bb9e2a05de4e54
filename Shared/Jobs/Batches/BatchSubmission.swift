package import Contracts
package import Primitives

/// One operation of a chain.
package struct BatchStep: Sendable, Hashable, Codable {
    package var operation: String
    package var parameters: JSONValue

    package init(operation: String, parameters: JSONValue = [:]) {
        (self.operation, self.parameters) = (operation, parameters)
    }
}

/// One input of a batch.
package struct BatchInput: Sendable, Hashable {
    /// Where the bytes come from.
    package enum Source: Sendable, Hashable, Codable {
        /// The gateway's identifier of a file.
        case file(String)
        /// `http` or `https`.
        case url(String)

        /// - Parameter text: an identifier or a URL; only a URL has `://` in it.
        package init(_ text: String) {
            self = text.contains("://") ? .url(text) : .file(text)
        }
    }

    package var source: Source
    /// What differs from the steps' parameters for this input. `format` goes to the first step that has it, `2.format` to the
    /// second step. Text is read as a person types it.
    package var overrides: [String: JSONValue]

    package init(_ source: Source, overrides: [String: JSONValue] = [:]) {
        (self.source, self.overrides) = (source, overrides)
    }
}

/// A wish to run a chain of operations on each of many inputs. The first file of a step's result is the next step's input.
package struct BatchSubmission: Sendable {
    package static let maximumInputs = 1000
    package static let maximumSteps = 8
    package var inputs: [BatchInput]
    package var steps: [BatchStep]
    package var idempotencyKey: String?

    package init(inputs: [BatchInput], steps: [BatchStep], idempotencyKey: String? = nil) {
        (self.inputs, self.steps, self.idempotencyKey) = (inputs, steps, idempotencyKey)
    }

    /// Equal for equal wishes.
    var document: JSONValue {
        [
            "steps": .array(steps.map { ["operation": .string($0.operation), "parameters": $0.parameters] }),
            "inputs": .array(
                inputs.map { input in
                    switch input.source {
                    case .file(let file): ["file": .string(file), "overrides": .object(input.overrides)]
                    case .url(let url): ["url": .string(url), "overrides": .object(input.overrides)]
                    }
                }),
        ]
    }
}

/// Brings inputs from elsewhere into the studio.
package protocol RemoteInputs: Sendable {
    /// Fetches what a URL names and makes it a file of the owner's.
    /// - Parameter key: the same key gives the same file again.
    /// - Throws: `JobProblem`.
    func fetch(_ url: String, owner: String, key: String) async throws(JobProblem) -> JobFile
}
