import Contracts
import Primitives

/// What a job's process reads from standard input.
package struct JobCommand: Codable, Sendable {
    package struct Input: Codable, Sendable {
        let path: String
        let name: String
        let mediaType: String
    }

    let operation: String
    let parameters: JSONValue
    let inputs: [Input]
    let outputFolder: String
    var streamPath: String?
    let resources: [String: String]
    let limits: ResourceLimits
}

/// What a spare process reads first: what to get ready for the command that follows.
struct JobPreparation: Codable, Sendable {
    let operation: String
    let parameters: JSONValue
    let resources: [String: String]
    let limits: ResourceLimits
}

/// One line that a job's process writes: progress while it runs, then the result or the problem.
struct JobLine: Codable, Sendable {
    struct Output: Codable, Sendable {
        struct File: Codable, Sendable {
            let name: String
            let mediaType: String
        }

        let files: [File]
        let measurements: JSONValue
        var usage: JobUsage?
    }

    /// A spare process has loaded what it can, and waits for its command.
    var isPrepared: Bool?
    /// It has read its command.
    var hasBegun: Bool?
    var progress: Double?
    var stage: String?
    var partial: JSONValue?
    var output: Output?
    var problem: JobProblem?
}
