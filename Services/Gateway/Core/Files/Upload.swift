package import Primitives

/// A resumable upload that is under way.
package struct Upload: Sendable, Hashable {
    package let id: String
    package let owner: String
    package let name: String
    /// Bytes in all.
    package let length: Int64
    /// Bytes that are safe on disk.
    package var offset: Int64
    package let expires: Timestamp
    /// The file it became, once complete.
    package var file: String?
    /// What its bytes hash to and what they are: known before they leave the partial file.
    var content: Content?

    struct Content: Sendable, Hashable {
        let digest: String
        let mediaType: String
    }

    static let prefix = "upload"

    /// The identifier of the file that it becomes: the same whenever completing is tried, so that trying again does no harm.
    var fileID: String { "file" + id.dropFirst(Self.prefix.count) }
    static func id(becoming fileID: String) -> String { prefix + fileID.dropFirst("file".count) }
}
