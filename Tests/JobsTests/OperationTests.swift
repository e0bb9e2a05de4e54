import Contracts
import Jobs
import Primitives
import Testing

@Suite struct OperationTests {
    struct Parameters: Sendable {
        var times = 1
    }

    enum Echo: Operation {
        static let name = "test.echo"
        static let summary = "Says it again."
        static let inputs = InputRule(.any, count: 0...0)
        static let schema = Schema(Parameters()) { Field.integer("times", \.times, in: 1...9, "How often.") }
        static let output = OutputDescription()
        static let isolation = Isolation.inProcess

        static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
            context.report(2)
            return JobOutput(measurements: ["times": .integer(Int64(parameters.times))])
        }
    }

    @Test func oneDeclarationServesEveryDoor() async throws {
        let operation = AnyOperation(Echo.self)
        #expect(operation.service == "test")
        #expect(operation.verb == "echo")
        #expect(try operation.canonicalParameters(.null) == ["times": 1])
        #expect(throws: SchemaError.self) { try operation.canonicalParameters(["times": 10]) }
        #expect(operation.document["parameters"]?["properties"]?["times"]?["maximum"] == 9)
        let output = try await operation.run(["times": 3], in: JobContext(inputs: [], outputFolder: "/nowhere"))
        #expect(output.measurements == ["times": 3])
    }
}
