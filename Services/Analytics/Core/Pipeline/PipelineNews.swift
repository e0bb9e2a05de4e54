/// Which pipeline.
package struct PipelineName: Codable, Sendable, Hashable {
    package let owner: String
    package let name: String

    init(owner: String, name: String) {
        (self.owner, self.name) = (owner, name)
    }

    init(_ state: PipelineState) {
        self.init(owner: state.owner, name: state.name)
    }
}

/// What is told to whoever watches pipelines.
package enum PipelineNews: Sendable, Hashable {
    case state(PipelineState)
    /// Every one there is has been told.
    case ready
    case removed(PipelineName)
}
