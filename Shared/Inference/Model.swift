import CONNXRuntime
import Glibc

/// A neural network from an ONNX file, run by ONNX Runtime on the processor. Any number of tasks may run it at once.
///
///     let model = try Model(path: "var/models/silero-vad/silero_vad.onnx")
///     let outputs = try model.run(["x": Tensor(samples, shape: [1, 512])])
package final class Model: Sendable {
    package let inputs: [ModelPort]
    package let outputs: [ModelPort]
    /// What the file says of itself: the entries of its custom metadata map.
    package let metadata: [String: String]

    /// Made once; the library allows concurrent runs of one session.
    nonisolated(unsafe) private let session: OpaquePointer
    private let runtime: Runtime
    private let names: PortNames

    /// Whether ONNX Runtime is there for models to be loaded.
    package static var isRuntimeInstalled: Bool {
        do {
            _ = try Runtime.load()
            return true
        } catch {
            return false
        }
    }

    /// - Parameters:
    ///   - path: the ONNX file.
    ///   - options: threads and memory.
    /// - Throws: `ModelError.runtimeMissing`, `.missing`, `.notAModel`, `.outOfMemory`.
    package init(path: String, options: ModelOptions = ModelOptions()) throws(ModelError) {
        let runtime = try Runtime.load(from: options.runtimePath)
        guard access(path, R_OK) == 0 else { throw .missing(path: path) }
        let session: OpaquePointer
        do {
            session = try runtime.makeSession(path: path, options: options)
        } catch .failed(_, let reason) {
            throw .notAModel(path: path, reason: reason)
        }
        (self.session, self.runtime) = (session, runtime)
        do {
            inputs = try runtime.inputs(of: session)
            outputs = try runtime.outputs(of: session)
            metadata = try runtime.metadata(of: session)
        } catch {
            runtime.api.pointee.ReleaseSession(session)
            throw error
        }
        names = PortNames(inputs: inputs, outputs: outputs)
    }

    deinit { runtime.api.pointee.ReleaseSession(session) }

    /// Runs the network.
    /// - Parameters:
    ///   - inputs: one tensor for every input, by name.
    ///   - wanted: the outputs to compute, by name; nil for all, in the model's order.
    /// - Returns: the tensors of `wanted`, in that order.
    /// - Throws: `ModelError.wrongInputs` when a name, kind or shape does not fit; `.outOfMemory`; `.failed`.
    package func run(_ inputs: [String: Tensor], outputs wanted: [String]? = nil) throws(ModelError) -> [Tensor] {
        let (inputNames, values) = try arranged(inputs)
        let outputNames = try wanted.map { names throws(ModelError) in try self.outputNames(names) } ?? names.outputs
        var results = [OpaquePointer?](repeating: nil, count: outputNames.count)
        do {
            try runtime.check(
                runtime.api.pointee.Run(
                    session, nil, inputNames, values, values.count, outputNames, outputNames.count, &results))
        } catch .failed(let code, let reason) where code == CInt(AVS_ORT_INVALID_ARGUMENT) {
            throw .wrongInputs(reason)
        }
        return try runtime.tensors(owning: results)
    }

    private func arranged(_ given: [String: Tensor]) throws(ModelError) -> ([UnsafePointer<CChar>?], [OpaquePointer?]) {
        if let unknown = given.keys.first(where: { name in !inputs.contains { $0.name == name } }) {
            throw .wrongInputs("it has no input named \(unknown)")
        }
        var values: [OpaquePointer?] = []
        values.reserveCapacity(inputs.count)
        for port in inputs {
            guard let tensor = given[port.name] else { throw .wrongInputs("its input \(port.name) was not given") }
            values.append(tensor.value)
        }
        return (names.inputs, values)
    }

    private func outputNames(_ wanted: [String]) throws(ModelError) -> [UnsafePointer<CChar>?] {
        var found: [UnsafePointer<CChar>?] = []
        for name in wanted {
            guard let index = outputs.firstIndex(where: { $0.name == name }) else {
                throw .wrongInputs("it has no output named \(name)")
            }
            found.append(names.outputs[index])
        }
        return found
    }
}

/// The names of a model's inputs and outputs as C strings.
final class PortNames: Sendable {
    nonisolated(unsafe) let inputs: [UnsafePointer<CChar>?]
    nonisolated(unsafe) let outputs: [UnsafePointer<CChar>?]

    init(inputs: [ModelPort], outputs: [ModelPort]) {
        self.inputs = inputs.map { UnsafePointer(strdup($0.name)) }
        self.outputs = outputs.map { UnsafePointer(strdup($0.name)) }
    }

    deinit {
        for name in inputs + outputs { free(UnsafeMutablePointer(mutating: name)) }
    }
}
