import Identity
import Primitives

/// What happened to a file, told inside the transaction that makes it so.
package struct FileChange: Sendable {
    enum Kind: String {
        case created, deleted
    }

    let kind: Kind
    let file: StoredFile

    /// The change as the file's owner may hear of it.
    var webhookEvent: WebhookEvent {
        WebhookEvent(
            id: "evt_\(file.id.dropFirst(5))_\(kind.rawValue)", owner: file.owner, type: "file.\(kind.rawValue)",
            data: file.document)
    }
}
