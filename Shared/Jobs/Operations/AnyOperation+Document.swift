package import Primitives

extension AnyOperation {
    /// The operation as clients see it: what forms, flags and tools are made from.
    package var document: JSONValue {
        [
            "name": .string(name), "version": JSONValue(version), "summary": .string(summary),
            "path": .string("/\(service)/\(verb)"),
            "inputs": [
                "kind": .string(inputs.kind.rawValue), "minimum": JSONValue(inputs.count.lowerBound),
                "maximum": JSONValue(inputs.count.upperBound),
            ],
            "parameters": parameterSchema,
            "output": ["files": JSONValue(output.files), "measurements": output.measurements],
            "cost": .string(cost.rawValue),
        ]
    }
}
