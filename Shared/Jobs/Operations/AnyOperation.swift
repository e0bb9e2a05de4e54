package import Contracts
package import Primitives

/// An operation with its parameter type erased: what routes, the worker, the command line and the documents work with.
package struct AnyOperation: Sendable {
    /// What an operation holds at its peak that loads no network.
    package static let usualMemory = ByteSize.mib(128)

    package let name: String
    package let version: Int
    package let summary: String
    package let inputs: InputRule
    package let output: OutputDescription
    package let cost: CostClass
    /// What a job usually holds at its peak; see `memory(of:resources:)`.
    package let memory: ByteSize
    package let isolation: Isolation
    package let isCacheable: Bool
    /// The parameters that decide what a spare process loads; `nil` when the operation has none.
    let preparedFields: Set<String>?
    package let fields: [FieldDescription]
    /// JSON Schema of the parameters.
    package let parameterSchema: JSONValue
    /// The parameters that an empty document stands for.
    package let defaultParameters: JSONValue
    private let canonicalize: @Sendable (JSONValue) throws(SchemaError) -> JSONValue
    private let checks: @Sendable (JSONValue, [String: String]) throws -> Void
    private let preparing: @Sendable (JSONValue, [String: String]) throws -> (any Sendable)?
    private let peers: @Sendable (JSONValue) throws -> Peer?
    private let need: @Sendable (JSONValue, [String: String]) throws -> ByteSize
    private let body: @Sendable (JSONValue, JobContext) async throws -> JobOutput

    package init<O: Operation>(_ operation: O.Type) {
        let schema = O.schema
        name = O.name
        version = O.version
        summary = O.summary
        inputs = O.inputs
        output = O.output
        cost = O.cost
        memory = O.memory
        isolation = O.isolation
        isCacheable = O.isCacheable
        let preparation = O.preparation
        preparedFields = preparation?.fields
        fields = schema.fields.map(\.description)
        parameterSchema = schema.jsonSchema
        defaultParameters = schema.encode(schema.defaults)
        canonicalize = { document throws(SchemaError) in schema.encode(try schema.decode(document)) }
        checks = { document, resources in try O.check(schema.decode(document), resources: resources) }
        preparing = { document, resources in try preparation?.load(schema.decode(document), resources) }
        need = { document, resources in try O.memory(schema.decode(document), resources: resources) }
        peers = { document in try O.peer(schema.decode(document)) }
        body = { document, context in try await O.run(schema.decode(document), in: context) }
    }

    /// The service's name: `audio` of `audio.normalize`.
    package var service: String { String(name.prefix { $0 != "." }) }
    /// `normalize` of `audio.normalize`.
    package var verb: String { String(name.drop { $0 != "." }.dropFirst()) }

    /// Checks parameters and fills in the defaults.
    /// - Throws: `SchemaError` naming the field.
    package func canonicalParameters(_ document: JSONValue) throws(SchemaError) -> JSONValue {
        try canonicalize(document)
    }

    /// The parameters as they may be shown: without their secrets.
    package func redacted(_ parameters: JSONValue) -> JSONValue {
        guard fields.contains(where: \.isSecret), case .object(var members) = parameters else { return parameters }
        for field in fields where field.isSecret && members[field.name] != nil { members[field.name] = FieldDescription.redacted }
        return .object(members)
    }

    /// Looks at what the schema can not tell.
    /// - Throws: `JobProblem` for what makes the operation impossible.
    package func check(_ parameters: JSONValue, resources: [String: String]) throws(JobProblem) {
        do {
            try checks(parameters, resources)
        } catch let error as any CodedError {
            throw JobProblem(error)
        } catch {
            throw JobProblem(code: "internal-error", message: "\(error)")
        }
    }

    /// The parameters of a job as far as they decide what a spare process loads for the next one.
    func preparedParameters(_ parameters: JSONValue) -> JSONValue {
        .object((parameters.objectValue ?? [:]).filter { preparedFields?.contains($0.key) == true })
    }

    /// Loads what a run will need; see `JobContext.prepared`.
    /// - Returns: `nil` when the operation has no preparation.
    /// - Throws: `SchemaError`, or what the operation throws.
    package func prepare(_ parameters: JSONValue, resources: [String: String]) throws -> (any Sendable)? {
        try preparing(parameters, resources)
    }

    /// What a job holds at its peak; see `Operation.memory(_:resources:)`. Where that can not be told, as when its model has gone
    /// since, it ends soon and the usual has to do.
    package func memory(of parameters: JSONValue, resources: [String: String]) -> ByteSize {
        (try? need(parameters, resources)) ?? memory
    }

    /// See `Operation.peer`.
    func peer(_ parameters: JSONValue) throws -> Peer? { try peers(parameters) }

    /// Runs the operation here and now.
    /// - Throws: `SchemaError`, or what the operation throws.
    package func run(_ parameters: JSONValue, in context: JobContext) async throws -> JobOutput {
        try await body(parameters, context)
    }
}

/// The operations of one service.
package struct OperationCatalogue: Sendable {
    package let service: String
    package let operations: [AnyOperation]

    package init(service: String, _ operations: [AnyOperation]) {
        self.service = service
        self.operations = operations
    }

    /// - Parameter name: `service.verb`.
    package subscript(name: String) -> AnyOperation? {
        operations.first { $0.name == name }
    }
}
