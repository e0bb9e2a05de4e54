/// One turn of a conversation.
package struct ModelMessage: Sendable, Hashable {
    /// Who speaks.
    package enum Role: String, Sendable {
        case system, developer, user, assistant
        /// Results of tool calls; all parts are `.toolResult`, which other roles never hold.
        case tool
    }

    /// Who speaks.
    package var role: Role
    /// What is said, in order.
    package var parts: [ContentPart]
    /// The participant's name, to tell apart several with one role.
    package var name: String?

    package init(_ role: Role, _ parts: [ContentPart], name: String? = nil) {
        self.role = role
        self.parts = parts
        self.name = name
    }

    package init(_ role: Role, _ text: String) {
        self.init(role, [.text(TextPart(text))])
    }

    /// All texts, joined.
    package var text: String { parts.plainText }
}
