package import Contracts
package import Primitives

/// Many inputs from one request, each of which goes through a chain of operations.
package struct BatchDocument: Sendable, Codable {
    package var id: String
    /// Of the last step.
    package var operation: String
    package var steps: [BatchStep]
    package var total: Int
    /// How many items are in each state.
    package var states: [String: Int]
    /// Mean of the items' progress, from 0 to 1.
    package var progress: Double
    package var created: Timestamp
    /// Whether every item has ended.
    package var finished: Bool
    package var items: [BatchItemDocument]
}

/// One input of a batch and how far it is.
package struct BatchItemDocument: Sendable, Codable {
    /// From 0.
    package var index: Int
    /// The file's identifier; `nil` while a URL has not been fetched.
    package var input: String?
    package var url: String?
    package var name: String?
    package var state: JobState
    /// The step that it is at or ended at, from 1.
    package var step: Int
    /// From 0 to 1.
    package var progress: Double
    /// The job of that step.
    package var job: String?
    package var problem: JobProblem?
    /// What the last step gave.
    package var files: [JobFile]
    /// What the last step measured.
    package var measurements: JSONValue?
}
