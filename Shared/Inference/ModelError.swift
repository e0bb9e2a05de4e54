import Primitives

/// Why a model can not be loaded or run. What ONNX Runtime said is kept where there is something to say.
package enum ModelError: CodedError, Equatable {
    /// ONNX Runtime itself is not where it was looked for; the path.
    case runtimeMissing(path: String)
    /// There is no file at the path, or it may not be read.
    case missing(path: String)
    /// The file is truncated, damaged, or of another kind than ONNX.
    case notAModel(path: String, reason: String)
    /// The tensors given do not fit the model.
    case wrongInputs(String)
    /// There is not enough memory to load or run the model.
    case outOfMemory
    /// ONNX Runtime refused for another reason; its own code is kept.
    case failed(code: Int32, reason: String)

    package var code: String {
        switch self {
        case .runtimeMissing: "model-runtime-missing"
        case .missing: "model-missing"
        case .notAModel: "model-invalid"
        case .wrongInputs: "model-inputs-invalid"
        case .outOfMemory: "out-of-memory"
        case .failed: "model-failed"
        }
    }

    package var message: String {
        switch self {
        case .runtimeMissing(let path): "ONNX Runtime 1.17 or later is not at \(path); run deploy/models install"
        case .missing(let path): "there is no readable model at \(path)"
        case .notAModel(let path, let reason): "\(path) is not a whole ONNX model: \(reason)"
        case .wrongInputs(let reason): "the model can not take this input: \(reason)"
        case .outOfMemory: "there is not enough memory for the model"
        case .failed(_, let reason): "the model failed: \(reason)"
        }
    }

    package var isRetriable: Bool { self == .outOfMemory }
}
