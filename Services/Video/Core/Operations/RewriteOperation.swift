package import Contracts
package import Jobs
package import Primitives
import VideoAPI

/// `video.rewrite`: the captions of a table, rewritten by a language model through the gateway.
///
/// It parses a table and nothing else from outside, and has to reach the gateway: it runs in the worker, not in a sandbox. What a
/// killed attempt has paid for the gateway's cache gives to the next; rows that failed are asked again when the table that came
/// out is handed in.
package enum RewriteOperation: Operation {
    package struct Parameters: Sendable {
        package var instruction = ""
        package var model = ""
        package var accessKey = ""
        package var column = "caption"
        package var outputColumn = "rewritten"
        package var rowsPerCall = 10
        package var callsAtOnce = 4
        package var maximumTokens: Int?
    }

    package static var name: String { VideoService.OperationName.rewrite }
    package static var summary: String {
        "Rewrites the captions of a CSV table through a language model; rows that fail keep theirs and say why."
    }
    package static var inputs: InputRule { InputRule(.any) }
    package static let schema = Schema(Parameters()) {
        Field.text(
            "instruction", \.instruction, maximumLength: 8192, required: true, "What is to be done with each caption, in words.")
        Field.model(\.model)
        Field.accessKey(\.accessKey)
        Field.text("column", \.column, maximumLength: 200, "The column with the captions.")
        Field.text("output_column", \.outputColumn, maximumLength: 200, "The column that takes the new ones.")
        Field.integer("rows_per_call", \.rowsPerCall, in: 1...100, "Captions that one call of the model rewrites.")
        Field.callsAtOnce(\.callsAtOnce)
        Field.maximumTokens(\.maximumTokens)
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The table with the new captions, `rewrite_status` (rewritten, kept, failed) and `rewrite_problem`.",
            measurements: [
                "type": "object", "required": ["rows", "rewritten", "kept", "failed", "calls", "failed_calls", "errors"],
                "properties": [
                    "rows": ["type": "integer"], "rewritten": ["type": "integer"], "kept": ["type": "integer"],
                    "failed": ["type": "integer"], "calls": ["type": "integer"], "failed_calls": ["type": "integer"],
                    "input_tokens": ["type": "integer"], "output_tokens": ["type": "integer"],
                    "errors": ["type": "object", "additionalProperties": ["type": "integer"]],
                    "failures": [
                        "type": "array",
                        "items": [
                            "type": "object",
                            "properties": [
                                "row": ["type": "integer"], "code": ["type": "string"], "message": ["type": "string"],
                            ],
                        ],
                    ],
                ],
            ])
    }
    package static var cost: CostClass { .light }
    package static var memory: ByteSize { .mib(32) }
    package static var isolation: Isolation { .inProcess }
    package static var isCacheable: Bool { false }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        try VideoError.refuseBlank([
            "instruction": parameters.instruction, "model": parameters.model, "access_key": parameters.accessKey,
            "column": parameters.column, "output_column": parameters.outputColumn,
        ])
        guard parameters.outputColumn != parameters.column else {
            throw VideoError.outputSetting("output_column must be another than column: rows that fail keep theirs")
        }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let input = context.inputs[0]
        let settings = CaptionRewriting.Settings(
            column: parameters.column, output: parameters.outputColumn, instruction: parameters.instruction,
            model: parameters.model, rowsPerCall: parameters.rowsPerCall, callsAtOnce: parameters.callsAtOnce,
            maximumTokens: parameters.maximumTokens)
        let name = OutputName.derived(from: input.name, suffix: "rewritten", fileExtension: "csv", fallback: "captions")
        let outcome = try await ModelClient.with(context.surroundings, key: parameters.accessKey) { client in
            var rewriting = CaptionRewriting(settings, client: client)
            let total = try rewriting.count(input.path)
            return try await rewriting.run(input.path, to: context.outputFolder + "/" + name) {
                context.report(Double($0) / Double(total), "rewriting")
            }
        }
        return JobOutput(
            files: [.init(name: name, mediaType: "text/csv")],
            measurements: [
                "rows": JSONValue(outcome.rows), "rewritten": JSONValue(outcome.rewritten), "kept": JSONValue(outcome.kept),
                "failed": JSONValue(outcome.failed), "calls": JSONValue(outcome.usage.calls),
                "failed_calls": JSONValue(outcome.usage.failedCalls), "input_tokens": JSONValue(outcome.usage.inputTokens),
                "output_tokens": JSONValue(outcome.usage.outputTokens),
                "errors": .object(outcome.errors.mapValues { JSONValue($0) }),
                "failures": .array(
                    outcome.failures.map {
                        ["row": JSONValue($0.row), "code": .string($0.code), "message": .string($0.message)]
                    }),
            ])
    }
}
