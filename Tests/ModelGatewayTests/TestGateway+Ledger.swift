import HTTP
import Primitives
import TestSupport

extension TestGateway {
    /// What calls have used and cost, once so many are in the ledger: it is a fraction of a second behind.
    func total(ofCalls count: JSONValue, _ query: String = "") async throws -> JSONValue {
        var total = JSONValue.null
        try await eventually("the ledger has \(count) calls") {
            total = try await json(.get, "/gateway/cost" + query).document["total"] ?? .null
            return total["calls"] == count
        }
        return total
    }
}
