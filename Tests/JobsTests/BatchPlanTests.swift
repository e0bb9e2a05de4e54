import Contracts
import Primitives
import Testing

@testable import Jobs

@Suite struct BatchPlanTests {
    private enum Large: Operation {
        struct Parameters: Sendable {
            var text = ""
            var number = 0
        }

        static let name = "test.large"
        static let summary = "Takes much."
        static let inputs = InputRule(.any)
        static let schema = Schema(Parameters()) {
            Field.text("text", \.text, maximumLength: 1 << 20, "Much.")
            Field.integer("number", \.number, in: 0...5000, "Little.")
        }
        static let output = OutputDescription(files: "The text.")
        static let isolation = Isolation.inProcess

        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput { JobOutput() }
    }

    private static func plan() throws -> BatchPlan {
        let large: JSONValue = ["text": .string(String(repeating: "a", count: 1 << 20))]
        let steps = [BatchStep(operation: Large.name, parameters: large), BatchStep(operation: Large.name, parameters: [:])]
        return try BatchPlan(steps, OperationCatalogue(service: "test", [AnyOperation(Large.self)]), resources: [:])
    }

    /// What a request may cost in checking is bounded.
    @Test func largeParametersAreNotCheckedForEveryInput() throws {
        var plan = try Self.plan()
        for number in 0..<15 { try plan.check(["1.number": .integer(Int64(number))]) }
        let error = #expect(throws: JobError.self) { try plan.check(["1.number": 16]) }
        #expect(error?.message.contains("too large to be changed") == true, "\(String(describing: error))")
    }

    @Test func stepsThatAreLeftAloneAreCheckedOnce() throws {
        var plan = try Self.plan()
        for number in 0..<100 { try plan.check(["2.number": .integer(Int64(number))]) }
        #expect(throws: JobError.self) { try plan.check(["2.number": 5001]) }
    }
}
