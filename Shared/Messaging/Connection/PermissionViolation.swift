/// What nats-server says when it refuses a subject:
/// `Permissions Violation for Publish to "a.b"`,
/// `Permissions Violation for Publish with Reply of "_INBOX.x" to "a.b"`,
/// `Permissions Violation for Subscription to "a.b" using queue "q"`
/// (nats-server, server/client.go, pubPermissionViolation and subPermissionViolation).
struct PermissionViolation: Equatable {
    enum Action: String {
        case publish, subscribe
    }

    let action: Action
    let subject: String

    init(_ action: Action, _ subject: String) {
        (self.action, self.subject) = (action, subject)
    }

    init(parsing text: String) {
        action = text.contains("Subscription") ? .subscribe : .publish
        let quoted = text.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
        let subject = action == .subscribe ? quoted.first : quoted.last
        self.subject = subject.map { String($0.element) } ?? ""
    }
}
