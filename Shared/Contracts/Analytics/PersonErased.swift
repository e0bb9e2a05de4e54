/// A person was taken out of the analytics and is to be forgotten by whoever else was told of them; the data of the event
/// `avstudio.person.erased`.
package struct PersonErased: Codable, Sendable, Hashable {
    /// The CloudEvents type, and the subject it is told on.
    package static let type = "avstudio.person.erased"
    package static let messageSubject = Subjects.event(service: "analytics", "person-erased")

    /// As owner of rows, or as the value of labels.
    package var person: String

    package init(_ person: String) { self.person = person }
}
