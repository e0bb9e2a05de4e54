package import Contracts
package import Primitives

/// A file that somebody owns.
package struct StoredFile: Sendable, Hashable {
    package let id: String
    package let owner: String
    package let name: String
    package let mediaType: String
    package let digest: String
    /// Bytes.
    package let size: Int64
    package let created: Timestamp
    package let expires: Timestamp?
    /// What made it: `upload`, or a job's identifier.
    package let origin: String

    /// The file as the API shows it.
    package var document: JSONValue {
        [
            "id": .string(id), "name": .string(name), "media_type": .string(mediaType), "digest": .string(digest),
            "size": .integer(size), "created": .string(created.iso8601), "expires": JSONValue(expires?.iso8601), "origin": .string(origin),
        ]
    }

    /// The file as jobs know it.
    package var jobFile: JobFile { JobFile(file: id, digest: digest, size: size, name: name, mediaType: mediaType) }
}
