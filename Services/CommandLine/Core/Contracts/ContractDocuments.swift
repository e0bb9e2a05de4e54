import Contracts
import Jobs
import Primitives

/// Every published document.
package enum ContractDocuments {
    package static var all: [ContractDocument] {
        [
            ContractDocument(path: "openapi.json", content: OpenAPIDocument.content),
            ContractDocument(path: "asyncapi.json", content: AsyncAPIDocument.content),
        ]
            + MessageDocuments.all.map { ContractDocument(path: "schemas/\($0.name).json", content: $0.schema) }
            + MessageDocuments.all.map { ContractDocument(path: "examples/\($0.name).json", content: $0.example) }
            + OperationCommands.catalogues.flatMap(\.operations).map { operation in
                ContractDocument(path: "schemas/parameters/\(operation.name).json", content: parameters(operation))
            }
    }

    private static func parameters(_ operation: AnyOperation) -> JSONValue {
        guard case .object(var schema) = operation.parameterSchema else { return operation.parameterSchema }
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["$id"] = .string("urn:avstudio:schema:parameters:\(operation.name)")
        schema["title"] = .string(operation.name)
        return .object(schema)
    }
}
