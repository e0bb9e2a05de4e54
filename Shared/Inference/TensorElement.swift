import CONNXRuntime

/// The kinds of numbers that tensors hold.
package enum ElementType: Int32, Sendable, Hashable {
    /// ONNXTensorElementDataType of onnxruntime_c_api.h.
    case float = 1
    case int32 = 6
    case int64 = 7
    case float16 = 10
    /// Any other kind; such a tensor can be handed from model to model but not read.
    case other = 0
}

/// A Swift type that a tensor's elements can be read as.
package protocol TensorElement: BitwiseCopyable, Sendable {
    static var elementType: ElementType { get }
}

extension Float: TensorElement {
    package static var elementType: ElementType { .float }
}

extension Int32: TensorElement {
    package static var elementType: ElementType { .int32 }
}

extension Int64: TensorElement {
    package static var elementType: ElementType { .int64 }
}
