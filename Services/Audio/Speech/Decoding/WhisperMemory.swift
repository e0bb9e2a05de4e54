import Inference

extension WhisperNetwork.Memory {
    /// The memory of other rows: of those that were continued, as often as they were.
    /// - Parameter rows: the row here of each row there.
    func taking(rows taken: [Int]) throws(ModelError) -> WhisperNetwork.Memory {
        guard taken != Array(0..<rows) else { return self }
        return WhisperNetwork.Memory(
            keys: try Self.taking(taken, from: keys), values: try Self.taking(taken, from: values), length: length,
            rows: taken.count)
    }

    /// - Parameter cache: [layers, rows, tokens, width]
    private static func taking(_ rows: [Int], from cache: Tensor) throws(ModelError) -> Tensor {
        let (layers, before, block) = (cache.shape[0], cache.shape[1], cache.shape[2] * cache.shape[3])
        let copy = try Tensor(Float.self, shape: [layers, rows.count, cache.shape[2], cache.shape[3]])
        try cache.withElements { (source: UnsafeMutableBufferPointer<Float>) throws(ModelError) in
            try copy.withElements { (target: UnsafeMutableBufferPointer<Float>) in
                for layer in 0..<layers {
                    for (place, row) in rows.enumerated() {
                        let (to, from) = ((layer * rows.count + place) * block, (layer * before + row) * block)
                        _ = UnsafeMutableBufferPointer(rebasing: target[to..<to + block])
                            .update(fromContentsOf: UnsafeBufferPointer(rebasing: source[from..<from + block]))
                    }
                }
            }
        }
        return copy
    }
}
