import Primitives

/// Which variant got what: as a table, as a document, and summed up.
struct VariantMapping {
    let seed: Int
    /// The variants with the names and measurements of their files.
    let rows: [(variant: Variant, name: String, output: [String: JSONValue])]

    var csv: String {
        let names = VariantParameter.allCases.map(\.rawValue).joined(separator: ",")
        let lines = rows.map { row in
            let quoted =
                row.name.contains { ",\"\n".contains($0) }
                ? "\"" + row.name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
                : row.name
            let values = VariantParameter.allCases.map { "\(row.variant[$0])" }.joined(separator: ",")
            return "\(row.variant.index + 1),\(quoted),\(values)"
        }
        return (["variant,file," + names] + lines).joined(separator: "\n") + "\n"
    }

    var document: JSONValue {
        let variants = rows.map { row -> JSONValue in
            [
                "variant": JSONValue(row.variant.index + 1), "file": .string(row.name), "parameters": .object(row.variant.document),
                "output": .object(row.output),
            ]
        }
        return ["seed": JSONValue(seed), "variants": .array(variants), "statistics": statistics]
    }

    /// Of every parameter the least, the greatest, the mean and the standard deviation.
    var statistics: JSONValue {
        let all = VariantParameter.allCases.map { parameter -> (String, JSONValue) in
            let values = rows.map { $0.variant[parameter] }
            let mean = values.reduce(0, +) / Double(max(1, values.count))
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
            return (
                parameter.rawValue,
                [
                    "minimum": JSONValue(values.min()), "maximum": JSONValue(values.max()),
                    "mean": .number(mean.rounded(decimals: 5)),
                    "standard_deviation": .number(variance.squareRoot().rounded(decimals: 5)),
                ]
            )
        }
        return .object(Dictionary(all) { first, _ in first })
    }
}
