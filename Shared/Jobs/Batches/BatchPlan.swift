import Contracts
import Primitives

/// The steps of a batch, checked against the catalogue.
struct BatchPlan {
    /// Bytes of parameters that one batch may have checked: each input that changes a step has all of the step checked again.
    static let maximumChecked = 16 << 20
    private let steps: [(operation: AnyOperation, parameters: [String: JSONValue])]
    private let resources: [String: String]
    /// Steps that were checked as they are.
    private var checked: Set<Int> = []
    private var checkedBytes = 0

    /// - Throws: `JobError`: `.batch`, `.unknownOperation`.
    init(_ steps: [BatchStep], _ catalogue: OperationCatalogue, resources: [String: String]) throws(JobError) {
        guard (1...BatchSubmission.maximumSteps).contains(steps.count) else {
            throw .batch(field: "steps", "a batch has 1 to \(BatchSubmission.maximumSteps) steps")
        }
        var known: [(AnyOperation, [String: JSONValue])] = []
        for (index, step) in steps.enumerated() {
            guard let operation = catalogue[step.operation] else { throw .unknownOperation(step.operation) }
            guard operation.inputs.count.contains(1) else {
                throw .batch(field: "steps", "\(operation.name) can not be a step: it does not take one input")
            }
            guard index == steps.count - 1 || operation.output.files != nil else {
                throw .batch(field: "steps", "\(operation.name) gives no file for the next step")
            }
            switch step.parameters {
            case .object(let members): known.append((operation, members))
            case .null: known.append((operation, [:]))
            default: throw .batch(field: "steps", "the parameters of \(operation.name) must be an object")
            }
        }
        (self.steps, self.resources) = (known, resources)
    }

    /// Checks the parameters of every step for one input.
    /// - Throws: `JobError`: `.batch` for an override that no step has, or when parameters are too large to be changed so often;
    ///   `.invalidParameters`, `.refused`.
    mutating func check(_ overrides: [String: JSONValue]) throws(JobError) {
        var changed: Set<Int> = []
        for name in overrides.keys.sorted() { changed.insert(try target(name).0) }
        for step in steps.indices where changed.contains(step) || checked.insert(step).inserted {
            checkedBytes += JSONValue.object(steps[step].parameters).serialized().count
            guard checkedBytes <= Self.maximumChecked else {
                throw .batch(
                    field: "steps", "the parameters of \(steps[step].operation.name) are too large to be changed for so many inputs"
                )
            }
            _ = try parameters(overrides, of: step)
        }
    }

    /// The canonical parameters of a step for one input.
    /// - Throws: `JobError`: `.batch` for an override that no step has, `.invalidParameters`, `.refused`.
    func parameters(_ overrides: [String: JSONValue], of step: Int) throws(JobError) -> JSONValue {
        var given = steps.map(\.parameters)
        for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
            let (index, field) = try target(name)
            do throws(SchemaError) {
                given[index][field.name] = if case .string(let text) = value { try field.value(parsing: text) } else { value }
            } catch {
                throw .invalidParameters(error)
            }
        }
        let operation = steps[step].operation
        let canonical: JSONValue
        do throws(SchemaError) {
            canonical = try operation.canonicalParameters(.object(given[step]))
        } catch {
            throw .invalidParameters(error)
        }
        do throws(JobProblem) {
            try operation.check(canonical, resources: resources)
        } catch {
            throw .refused(error)
        }
        return canonical
    }

    /// The overrides with those of secrets changed.
    /// - Throws: `JobError.batch` for an override that no step has, what `change` throws.
    func mappingSecrets(
        _ overrides: [String: JSONValue], _ change: (JSONValue) throws -> JSONValue
    ) throws -> [String: JSONValue] {
        var overrides = overrides
        for (name, value) in overrides where try target(name).1.isSecret { overrides[name] = try change(value) }
        return overrides
    }

    /// The step and field that an override means.
    private func target(_ name: String) throws(JobError) -> (Int, FieldDescription) {
        let parts = name.split(separator: ".", maxSplits: 1)
        let number = parts.count == 2 ? Int(parts[0]) : nil
        let field = number == nil ? name : String(parts[1])
        for (index, step) in steps.enumerated() where number == nil || number == index + 1 {
            if let found = step.operation.fields.first(where: { $0.name == field }) { return (index, found) }
        }
        throw .batch(field: name, "no step has a parameter \(name)")
    }
}
