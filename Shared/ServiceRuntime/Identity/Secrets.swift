import FoundationEssentials
package import Primitives

/// Secrets that come from files, never from flags.
package enum Secrets {
    /// Reads a secret's bytes without surrounding white space.
    /// - Parameter purpose: what it is for, used in the error.
    /// - Throws: `ConfigurationError` when the file can not be read or is shorter than `minimum` bytes.
    package static func read(_ path: String, purpose: String, minimum: Int = 16) throws(ConfigurationError) -> Bytes {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError("the \(purpose) can not be read from \(path)")
        }
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        let trimmed = Bytes(data.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
        guard trimmed.count >= minimum else {
            throw ConfigurationError("the \(purpose) in \(path) is shorter than \(minimum) bytes")
        }
        return trimmed
    }
}
