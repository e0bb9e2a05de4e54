import CONNXRuntime

/// A tensor: what models take and give. It belongs to one task at a time.
package final class Tensor {
    /// The extent of every axis, outermost first.
    package let shape: [Int]
    package let elementType: ElementType
    let value: OpaquePointer
    private let runtime: Runtime

    /// The number of elements.
    package var count: Int { shape.reduce(1, *) }

    /// A tensor of its own memory, not yet filled.
    /// - Parameters:
    ///   - type: what it holds.
    ///   - shape: the extent of every axis; all at least 0.
    /// - Throws: `ModelError.runtimeMissing`, `.outOfMemory`.
    package init(_ type: (some TensorElement).Type, shape: [Int]) throws(ModelError) {
        (runtime, elementType, self.shape) = (try Runtime.load(), type.elementType, shape)
        var value: OpaquePointer?
        let extents = shape.map(Int64.init)
        try runtime.check(
            runtime.api.pointee.CreateTensorAsOrtValue(runtime.allocator, extents, shape.count, elementType.rawValue, &value))
        guard let value else { throw .outOfMemory }
        self.value = value
    }

    /// A tensor with a copy of `elements`.
    /// - Throws: `ModelError.wrongInputs` when there are not as many elements as `shape` says; else as the first initialiser.
    package convenience init<Element: TensorElement>(_ elements: [Element], shape: [Int]) throws(ModelError) {
        guard elements.count == shape.reduce(1, *) else {
            throw .wrongInputs("\(elements.count) elements do not fill the shape \(shape)")
        }
        try self.init(Element.self, shape: shape)
        try withElements(as: Element.self) { _ = $0.update(fromContentsOf: elements) }
    }

    /// A tensor over memory of the caller, which must outlive it.
    /// - Throws: `ModelError.wrongInputs` when the memory does not hold as many elements as `shape` says.
    package init<Element: TensorElement>(borrowing memory: UnsafeMutableBufferPointer<Element>, shape: [Int]) throws(ModelError) {
        guard memory.count == shape.reduce(1, *) else {
            throw .wrongInputs("\(memory.count) elements do not fill the shape \(shape)")
        }
        (runtime, elementType, self.shape) = (try Runtime.load(), Element.elementType, shape)
        var value: OpaquePointer?
        let bytes = memory.count * MemoryLayout<Element>.stride
        let extents = shape.map(Int64.init)
        try runtime.check(
            runtime.api.pointee.CreateTensorWithDataAsOrtValue(
                runtime.memory, memory.baseAddress, bytes, extents, shape.count, elementType.rawValue, &value))
        guard let value else { throw .outOfMemory }
        self.value = value
    }

    /// What a model gave; takes `value` over.
    init(owning value: OpaquePointer, runtime: Runtime) throws(ModelError) {
        (self.value, self.runtime) = (value, runtime)
        var info: OpaquePointer?
        try runtime.check(runtime.api.pointee.GetTensorTypeAndShape(value, &info))
        guard let info else { throw .outOfMemory }
        defer { runtime.api.pointee.ReleaseTensorTypeAndShapeInfo(info) }
        (elementType, shape) = try runtime.typeAndShape(info)
    }

    deinit { runtime.api.pointee.ReleaseValue(value) }

    /// Lends the elements, outermost axis first, without a copy.
    /// - Parameter body: gets memory that is valid until it returns and may be written.
    /// - Throws: `ModelError.wrongInputs` when the tensor holds something else; what `body` throws.
    package func withElements<Element: TensorElement, Result>(
        as type: Element.Type = Element.self, _ body: (UnsafeMutableBufferPointer<Element>) throws(ModelError) -> Result
    ) throws(ModelError) -> Result {
        guard Element.elementType == elementType else { throw .wrongInputs("a tensor of \(elementType) is not one of \(type)") }
        var data: UnsafeMutableRawPointer?
        try runtime.check(runtime.api.pointee.GetTensorMutableData(value, &data))
        return try body(UnsafeMutableBufferPointer(start: data?.assumingMemoryBound(to: type), count: count))
    }

    /// A copy of the elements, outermost axis first.
    /// - Throws: `ModelError.wrongInputs` when the tensor holds something else.
    package func elements<Element: TensorElement>(as type: Element.Type = Element.self) throws(ModelError) -> [Element] {
        try withElements(as: type) { Array($0) }
    }
}

extension Runtime {
    /// The kind of elements and the extents that `info` describes; an extent that may vary is -1.
    func typeAndShape(_ info: OpaquePointer) throws(ModelError) -> (ElementType, [Int]) {
        var kind: CInt = 0
        try check(api.pointee.GetTensorElementType(info, &kind))
        var rank = 0
        try check(api.pointee.GetDimensionsCount(info, &rank))
        var extents = [Int64](repeating: 0, count: rank)
        try check(api.pointee.GetDimensions(info, &extents, rank))
        return (ElementType(rawValue: kind) ?? .other, extents.map(Int.init))
    }
}
