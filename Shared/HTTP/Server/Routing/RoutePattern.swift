/// A path with named places: `/files/{id}` for one segment, `/static/{path...}` for all that follow.
struct RoutePattern {
    enum Segment: Hashable {
        case literal(String)
        case parameter(String)
        case rest(String)
    }

    let segments: [Segment]

    /// Patterns are written in the program: a malformed one stops it.
    init(_ text: String) {
        precondition(text.hasPrefix("/"), "a route pattern starts with a slash: \(text)")
        segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
            guard part.hasPrefix("{") && part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .parameter(String(name))
        }
        let early = segments.dropLast().contains { if case .rest = $0 { true } else { false } }
        precondition(!early, "only the last segment may stand for all that follow: \(text)")
    }

    var parameterNames: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .parameter(let name), .rest(let name): name
            }
        }
    }
}
