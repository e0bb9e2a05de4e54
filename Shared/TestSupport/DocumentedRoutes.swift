import Foundation
import Primitives

/// The routes of the published OpenAPI document.
/// - Parameter isOwn: picks those of one service by path and tags.
/// - Returns: `GET /path/{name}` and so on.
package func documentedRoutes(_ isOwn: (_ path: String, _ tags: [String]) -> Bool) throws -> Set<String> {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    let document = try JSONValue(parsing: Bytes(try Data(contentsOf: URL(filePath: root + "/contracts/openapi.json"))))
    var routes: Set<String> = []
    for (path, methods) in document["paths"]?.objectValue ?? [:] {
        for (method, operation) in methods.objectValue ?? [:] {
            let tags = operation["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
            if isOwn(path, tags) { routes.insert("\(method.uppercased()) \(path)") }
        }
    }
    return routes
}
