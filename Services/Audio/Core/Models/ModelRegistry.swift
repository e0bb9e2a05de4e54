import FoundationEssentials
import Jobs
import Primitives

/// The models that are installed, read from the `registry.json` that `deploy/models` keeps.
package struct ModelRegistry: Sendable {
    package let models: [InstalledModel]
    /// Where the models and the libraries that run them are.
    package let folder: String

    /// The names that `deploy/models install` knows.
    private let installable: Set<String>

    private struct Document: Decodable {
        let models: [InstalledModel]
        /// Absent in a list that was written before it told them.
        let installable: Set<String>?
    }

    /// - Parameter folder: with `registry.json`; without one there are no models.
    /// - Throws: `AudioError.modelBroken` for a registry that can not be read.
    package init(folder: String) throws(AudioError) {
        self.folder = folder
        guard let data = FileManager.default.contents(atPath: folder + "/registry.json") else {
            (models, installable) = ([], [])
            return
        }
        do {
            let document = try JSON.decode(Document.self, from: Bytes(data))
            installable = document.installable ?? Set(document.models.map(\.name))
            models = document.models.map { model in
                var model = model
                (model.folder, model.isInstallable) = (folder, document.installable?.contains(model.name) ?? true)
                return model
            }
        } catch {
            throw .modelBroken("the registry", "\(error)")
        }
    }

    /// A model for a task.
    /// - Parameters:
    ///   - name: as the person wrote it; `nil` takes the first that fits.
    ///   - language: one that it has to know; `nil` for any.
    /// - Throws: `AudioError.modelMissing`, which names the command that installs one; `.modelUnfit` for one of another task or
    ///   language.
    package func model(
        for task: InstalledModel.Task, named name: String? = nil, language: String? = nil, fallback: String
    ) throws(AudioError) -> InstalledModel {
        if let name {
            guard let model = models.first(where: { $0.name == name }) else {
                throw .modelMissing(name, install: installable.contains(name) ? name : nil)
            }
            guard model.task == task else { throw .modelUnfit(name, "it is for \(model.task.rawValue), not for \(task.rawValue)") }
            if let language, !model.languages.isEmpty, !model.languages.contains(language) {
                throw .modelUnfit(name, "it does not know the language \(language)")
            }
            return model
        }
        let fitting = models.filter { $0.task == task }
        let known = fitting.filter { model in language.map { model.languages.isEmpty || model.languages.contains($0) } ?? true }
        if let model = known.first(where: { $0.name == fallback }) ?? known.first { return model }
        if let language, !fitting.isEmpty {
            throw .modelUnfit(fitting[0].name, "no installed model for \(task.rawValue) knows the language \(language)")
        }
        throw .modelMissing("a model for \(task.rawValue)", install: fallback)
    }
}

extension JobContext {
    /// - Throws: `AudioError.modelBroken`.
    func models() throws(AudioError) -> ModelRegistry { try ModelRegistry(folder: resources["models"] ?? "") }
}
