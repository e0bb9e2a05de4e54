import CONNXRuntime
import Glibc
import Synchronization

/// ONNX Runtime, loaded when the first model is. Linking it would cost every process that needs no model its start.
///
/// The library's own threads are made per model; this holds only the function table and the one environment of the process.
final class Runtime: Sendable {
    /// The table and what it made are never changed after loading, and the library allows their use from any thread.
    nonisolated(unsafe) let api: UnsafePointer<OrtApi>
    nonisolated(unsafe) let environment: OpaquePointer
    nonisolated(unsafe) let memory: OpaquePointer
    nonisolated(unsafe) let allocator: OpaquePointer

    private static let loaded = Mutex<Runtime?>(nil)

    /// The environment variable that names the library.
    static let pathVariable = "AVSTUDIO_ONNXRUNTIME"

    /// The runtime of this process, loaded by the first call; later calls get the same one whatever path they give.
    /// - Parameter path: the library; nil for the environment's, or the installed one.
    /// - Throws: `ModelError.runtimeMissing`.
    static func load(from path: String? = nil) throws(ModelError) -> Runtime {
        try loaded.withLock { runtime throws(ModelError) in
            if let runtime { return runtime }
            let made = try Runtime(path: path ?? defaultPath())
            runtime = made
            return made
        }
    }

    private init(path: String) throws(ModelError) {
        guard let api = avs_ort_load(path) else { throw .runtimeMissing(path: path) }
        self.api = api
        var environment: OpaquePointer?
        try Self.check(api.pointee.CreateEnv(CInt(AVS_ORT_LOG_FATAL), "avstudio", &environment), api)
        var memory: OpaquePointer?
        let (kind, use) = (CInt(AVS_ORT_DEVICE_ALLOCATOR), CInt(AVS_ORT_MEMORY_DEFAULT))
        try Self.check(api.pointee.CreateCpuMemoryInfo(kind, use, &memory), api)
        var allocator: OpaquePointer?
        try Self.check(api.pointee.GetAllocatorWithDefaultOptions(&allocator), api)
        guard let environment, let memory, let allocator else { throw .outOfMemory }
        (self.environment, self.memory, self.allocator) = (environment, memory, allocator)
    }

    /// Where deploy/models puts the library, seen from the program: in the folder that holds it or one above.
    private static func defaultPath() -> String {
        if let named = getenv(pathVariable) { return String(cString: named) }
        let installed = "var/models/engine/onnxruntime/lib/libonnxruntime.so"
        var folder = programPath()[...]
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            let candidate = "\(folder)/\(installed)"
            if access(candidate, R_OK) == 0 { return candidate }
        }
        return installed
    }

    private static func programPath() -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count)
        return String(decoding: path.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// - Throws: `ModelError.outOfMemory` or `.failed` when the call that returned `status` did not succeed.
    func check(_ status: OpaquePointer?) throws(ModelError) { try Self.check(status, api) }

    private static func check(_ status: OpaquePointer?, _ api: UnsafePointer<OrtApi>) throws(ModelError) {
        guard let status else { return }
        defer { api.pointee.ReleaseStatus(status) }
        let reason = api.pointee.GetErrorMessage(status).map { String(cString: $0) } ?? ""
        // The library has no code for this; both texts are of its allocator.
        if reason.contains("bad_alloc") || reason.contains("Failed to allocate memory") { throw .outOfMemory }
        throw .failed(code: api.pointee.GetErrorCode(status), reason: reason)
    }

    /// Copies and frees a string that the library allocated.
    func take(_ text: UnsafeMutablePointer<CChar>?) throws(ModelError) -> String {
        guard let text else { return "" }
        let copy = String(cString: text)
        try check(api.pointee.AllocatorFree(allocator, text))
        return copy
    }
}
