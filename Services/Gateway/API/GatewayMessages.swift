package import Contracts

/// What other services may ask the gateway over NATS.
package enum GatewayMethods {
    package static let service = "gateway"
    package static let resolveFile = Subjects.rpc(service: service, "file-resolve")
    package static let registerFile = Subjects.rpc(service: service, "file-register")
    package static let unregisterFile = Subjects.rpc(service: service, "file-unregister")
}

/// Asks for a file that an owner may use; the answer is a `JobFile`.
package struct FileResolve: Codable, Sendable {
    package var file: String
    package var owner: String
    /// Whether the owner's name does not matter.
    package var admin: Bool

    package init(file: String, owner: String, admin: Bool) {
        (self.file, self.owner, self.admin) = (file, owner, admin)
    }
}

/// Makes a blob of the shared store a file; the answer is a `FileRegistered`.
package struct FileRegister: Codable, Sendable {
    /// The same key gives the same file again.
    package var key: String
    package var owner: String
    /// What made the file, for example a job's identifier.
    package var origin: String
    package var file: JobFile

    package init(key: String, owner: String, origin: String, file: JobFile) {
        (self.key, self.owner, self.origin, self.file) = (key, owner, origin, file)
    }
}

/// Takes back the file that `FileRegister` made under a key; the answer is `{}`, also when there is none.
package struct FileUnregister: Codable, Sendable {
    package var key: String
    package var owner: String

    package init(key: String, owner: String) {
        (self.key, self.owner) = (key, owner)
    }
}

/// The answer to `FileRegister`.
package struct FileRegistered: Codable, Sendable {
    package var file: String

    package init(file: String) {
        self.file = file
    }
}
