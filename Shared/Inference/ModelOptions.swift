/// How a model is loaded.
package struct ModelOptions: Sendable, Equatable {
    /// Threads that work on one run, the caller's included; at least 1.
    package var threads: Int
    /// Whether memory for intermediate results is kept from run to run. Faster, but it grows to the largest run seen.
    package var keepsMemory: Bool
    /// Whether the network is rebuilt so that it runs faster, which takes a part of a second where it has thousands of nodes.
    package var optimizes: Bool
    /// The library to load when this is the first model of the process; nil for `AVSTUDIO_ONNXRUNTIME` or the installed one.
    package var runtimePath: String?

    /// - Parameters:
    ///   - threads: threads that work on one run; at least 1.
    ///   - keepsMemory: whether memory is kept from run to run.
    ///   - optimizes: whether the network is rebuilt so that it runs faster.
    ///   - runtimePath: the library to load; nil for `AVSTUDIO_ONNXRUNTIME` or the installed one.
    package init(threads: Int = 1, keepsMemory: Bool = false, optimizes: Bool = true, runtimePath: String? = nil) {
        (self.threads, self.keepsMemory) = (max(1, threads), keepsMemory)
        (self.optimizes, self.runtimePath) = (optimizes, runtimePath)
    }
}
