package import Primitives
import YAML

extension ModelRegistry {
    /// Reads both files as a whole: either all of it is right or nothing is taken.
    /// - Parameters:
    ///   - models: the text of `models.yaml`, UTF-8.
    ///   - pricing: the text of `pricing.yaml`, UTF-8.
    /// - Throws: `RegistryError` with every problem, its file, line and column.
    package convenience init(
        models: Bytes, pricing: Bytes, environment: [String: String] = [:]
    ) throws(RegistryError) {
        let modelProblems = ProblemList(file: "models.yaml")
        let priceProblems = ProblemList(file: "pricing.yaml")
        var found: [Model] = []
        let priceRoot = priceProblems.parse(pricing)
        let modelRoot = modelProblems.parse(models)
        if let priceRoot, let modelRoot {
            let prices = PricingFile(priceRoot, priceProblems)
            let file = ModelsFile(modelRoot, pricing: prices, environment: environment, modelProblems)
            for (name, position) in prices.positions where !file.usedPrices.contains(name) {
                let hint = Spelling.nearest(to: name, among: file.models.map(\.id)).map { "; did you mean \($0)?" } ?? ""
                priceProblems.add("no deployment has the price \(name)" + hint, at: position)
            }
            found = file.models
        }
        let problems = modelProblems.sorted + priceProblems.sorted
        guard problems.isEmpty else { throw RegistryError(problems: problems) }
        self.init(models: found)
    }
}
