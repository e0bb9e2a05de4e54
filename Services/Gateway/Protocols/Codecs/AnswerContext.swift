/// What a door needs to write an answer beside the answer itself.
package struct AnswerContext: Sendable {
    /// The call that is answered.
    package var request: ModelRequest
    /// The identifier to give when the provider gave none.
    package var id: String
    /// Seconds since 1970, for answers whose provider does not say when they were made.
    package var created: Int

    package init(request: ModelRequest, id: String, created: Int) {
        self.request = request
        self.id = id
        self.created = created
    }

    func id(_ given: String) -> String { given.isEmpty ? id : given }
    func model(_ given: String) -> String { given.isEmpty ? request.model : given }
    func created(_ given: Int) -> Int { given == 0 ? created : given }
}
