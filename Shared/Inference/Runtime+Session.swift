import CONNXRuntime

/// What a session is made from and can tell.
extension Runtime {
    /// - Throws: `ModelError.failed` when the file can not be loaded; `.outOfMemory`.
    func makeSession(path: String, options: ModelOptions) throws(ModelError) -> OpaquePointer {
        var made: OpaquePointer?
        try check(api.pointee.CreateSessionOptions(&made))
        guard let settings = made else { throw .outOfMemory }
        defer { api.pointee.ReleaseSessionOptions(settings) }
        try check(api.pointee.SetIntraOpNumThreads(settings, CInt(clamping: options.threads)))
        try check(api.pointee.SetInterOpNumThreads(settings, 1))
        let level = options.optimizes ? AVS_ORT_OPTIMIZE_ALL : AVS_ORT_OPTIMIZE_NOTHING
        try check(api.pointee.SetSessionGraphOptimizationLevel(settings, CInt(level)))
        // Waiting threads must not burn the cores that other jobs use.
        try check(api.pointee.AddSessionConfigEntry(settings, "session.intra_op.allow_spinning", "0"))
        // Extents vary from run to run; a remembered plan for each of them would grow for ever.
        try check(api.pointee.DisableMemPattern(settings))
        if !options.keepsMemory { try check(api.pointee.DisableCpuMemArena(settings)) }
        var session: OpaquePointer?
        try check(api.pointee.CreateSession(environment, path, settings, &session))
        guard let session else { throw .outOfMemory }
        return session
    }

    func inputs(of session: OpaquePointer) throws(ModelError) -> [ModelPort] {
        var count = 0
        try check(api.pointee.SessionGetInputCount(session, &count))
        return try (0..<count).map { index throws(ModelError) in
            var name: UnsafeMutablePointer<CChar>?
            try check(api.pointee.SessionGetInputName(session, index, allocator, &name))
            var info: OpaquePointer?
            try check(api.pointee.SessionGetInputTypeInfo(session, index, &info))
            return try port(name: name, info: info)
        }
    }

    func outputs(of session: OpaquePointer) throws(ModelError) -> [ModelPort] {
        var count = 0
        try check(api.pointee.SessionGetOutputCount(session, &count))
        return try (0..<count).map { index throws(ModelError) in
            var name: UnsafeMutablePointer<CChar>?
            try check(api.pointee.SessionGetOutputName(session, index, allocator, &name))
            var info: OpaquePointer?
            try check(api.pointee.SessionGetOutputTypeInfo(session, index, &info))
            return try port(name: name, info: info)
        }
    }

    private func port(name: UnsafeMutablePointer<CChar>?, info: OpaquePointer?) throws(ModelError) -> ModelPort {
        let name = try take(name)
        guard let info else { throw .outOfMemory }
        defer { api.pointee.ReleaseTypeInfo(info) }
        var tensor: OpaquePointer?
        try check(api.pointee.CastTypeInfoToTensorInfo(info, &tensor))
        // Sequences and maps have no tensor's description.
        guard let tensor else { return ModelPort(name: name, elementType: .other, shape: []) }
        let (kind, shape) = try typeAndShape(tensor)
        return ModelPort(name: name, elementType: kind, shape: shape)
    }

    func metadata(of session: OpaquePointer) throws(ModelError) -> [String: String] {
        var made: OpaquePointer?
        try check(api.pointee.SessionGetModelMetadata(session, &made))
        guard let metadata = made else { throw .outOfMemory }
        defer { api.pointee.ReleaseModelMetadata(metadata) }
        var keys: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var count: Int64 = 0
        try check(api.pointee.ModelMetadataGetCustomMetadataMapKeys(metadata, allocator, &keys, &count))
        guard let keys else { return [:] }
        var entries: [String: String] = [:]
        for index in 0..<Int(count) {
            let key = try take(keys[index])
            var value: UnsafeMutablePointer<CChar>?
            try check(api.pointee.ModelMetadataLookupCustomMetadataMap(metadata, allocator, key, &value))
            entries[key] = try take(value)
        }
        try check(api.pointee.AllocatorFree(allocator, keys))
        return entries
    }

    /// Takes over what a run gave.
    func tensors(owning values: [OpaquePointer?]) throws(ModelError) -> [Tensor] {
        var tensors: [Tensor] = []
        tensors.reserveCapacity(values.count)
        for value in values {
            guard let value else { throw .outOfMemory }
            tensors.append(try Tensor(owning: value, runtime: self))
        }
        return tensors
    }
}
