import HTTP

/// The routes as a tree of path segments. Literal segments go before named ones, and those before rests.
struct RouteTable: Sendable {
    struct Route: Sendable {
        let method: HTTPMethod
        let pattern: String
        let parameterNames: [String]
        let limit: BodyLimit?
        let handler: Handler
    }

    /// What stands at the end of a path.
    struct Match {
        let routes: [Route]
        /// In the order of the pattern's names.
        let values: [Substring]
    }

    private struct Node: Sendable {
        var literals: [Substring: Int] = [:]
        var parameter: Int?
        var rest: Int?
        var routes: [Route] = []
    }

    private var nodes = [Node()]
    /// The nodes of paths without named segments, which most requests ask for: the way through the tree would end there.
    private var literals: [Substring: Int] = [:]
    private(set) var methods: [HTTPMethod] = []
    var routes: [Route] { nodes.flatMap(\.routes) }

    mutating func add(_ route: Route, at pattern: RoutePattern) {
        var index = 0
        for segment in pattern.segments { index = child(of: index, for: segment) }
        precondition(!nodes[index].routes.contains { $0.method == route.method }, "two routes for \(route.method) \(route.pattern)")
        nodes[index].routes.append(route)
        if pattern.parameterNames.isEmpty { literals[route.pattern[...]] = index }
        if !methods.contains(route.method) { methods.append(route.method) }
    }

    private mutating func child(of index: Int, for segment: RoutePattern.Segment) -> Int {
        let existing =
            switch segment {
            case .literal(let text): nodes[index].literals[text[...]]
            case .parameter: nodes[index].parameter
            case .rest: nodes[index].rest
            }
        if let existing { return existing }
        nodes.append(Node())
        let new = nodes.count - 1
        switch segment {
        case .literal(let text): nodes[index].literals[text[...]] = new
        case .parameter: nodes[index].parameter = new
        case .rest: nodes[index].rest = new
        }
        return new
    }

    /// - Returns: `nil` when the path is none of those without named segments, letter by letter.
    func literal(_ path: Substring) -> Match? {
        literals[path].map { Match(routes: nodes[$0].routes, values: []) }
    }

    /// - Parameter path: starts with a slash; escapes in place.
    func match(_ path: Substring) -> Match? {
        var values: [Substring] = []
        guard let index = find(path.dropFirst(), from: 0, &values) else { return nil }
        return Match(routes: nodes[index].routes, values: values)
    }

    private func find(_ path: Substring, from index: Int, _ values: inout [Substring]) -> Int? {
        let slash = path.utf8.firstIndex(of: UInt8(ascii: "/"))
        let segment = path[..<(slash ?? path.endIndex)]
        func follow(_ next: Int) -> Int? {
            if let slash { return find(path[path.utf8.index(after: slash)...], from: next, &values) }
            return nodes[next].routes.isEmpty ? nil : next
        }
        if let next = nodes[index].literals[segment], let found = follow(next) { return found }
        if let next = nodes[index].parameter, !segment.isEmpty {
            values.append(segment)
            if let found = follow(next) { return found }
            values.removeLast()
        }
        if let next = nodes[index].rest {
            values.append(path)
            return next
        }
        return nil
    }
}
