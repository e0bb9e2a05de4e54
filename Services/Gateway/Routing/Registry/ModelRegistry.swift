import Primitives

/// Every model and where it is served, as of one reading of the files. It never changes.
package final class ModelRegistry: Sendable {
    /// In the file's order.
    package let models: [Model]
    private let places: [String: Int]

    /// - Parameter models: with unique ids and aliases.
    init(models: [Model]) {
        self.models = models
        var places: [String: Int] = [:]
        for (place, model) in models.enumerated() {
            for name in [model.id] + model.aliases { places[name] = place }
        }
        self.places = places
    }

    /// The model of an id or an alias.
    package func model(named name: String) -> Model? {
        places[name].map { models[$0] }
    }

    /// Every deployment's id.
    package var deploymentIDs: Set<String> { Set(models.flatMap { $0.deployments.map(\.id) }) }

    /// The known name that is most like one that is not known.
    package func suggestion(for name: String) -> String? {
        Spelling.nearest(to: name, among: places.keys)
    }
}
