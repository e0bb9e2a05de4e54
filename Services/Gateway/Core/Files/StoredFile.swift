package import Contracts
import Persistence
package import Primitives

/// A file that somebody owns.
package struct StoredFile: Sendable, Hashable {
    package let id: String
    package let owner: String
    package let name: String
    /// Told from the bytes, not by the client.
    package let mediaType: String
    /// `sha256:` and 64 hexadecimal digits.
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
            "size": .integer(size), "created": .string(created.iso8601), "expires": JSONValue(expires?.iso8601),
            "origin": .string(origin),
        ]
    }

    /// The file as jobs know it.
    package var jobFile: JobFile { JobFile(file: id, digest: digest, size: size, name: name, mediaType: mediaType) }
}

extension StoredFile {
    init(_ row: Row) throws {
        self.init(
            id: try row.text("id"), owner: try row.text("owner"), name: try row.text("name"), mediaType: try row.text("media_type"),
            digest: try row.text("digest"), size: try row.integer("size"), created: try row.timestamp("created"),
            expires: try row.optionalTimestamp("expires"), origin: try row.text("origin"))
    }
}
