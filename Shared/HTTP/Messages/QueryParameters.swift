/// The parameters of a query string or a form (`a=1&b=2`), in order, names may repeat.
package struct QueryParameters: Sendable, Hashable, Sequence {
    /// One `name=value` pair, decoded.
    package struct Parameter: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    private var parameters: [Parameter] = []
    /// False when an escape was malformed or not UTF-8; such parameters are left out.
    package private(set) var isWellFormed = true

    package init() {}

    /// - Parameter text: the query without its question mark.
    package init(parsing text: String) {
        for pair in text.split(separator: "&") {
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            let rawValue = equals < pair.endIndex ? pair[pair.index(after: equals)...] : ""
            guard let name = PercentEncoding.decode(pair[..<equals], plusIsSpace: true),
                let value = PercentEncoding.decode(rawValue, plusIsSpace: true)
            else {
                isWellFormed = false
                continue
            }
            parameters.append(Parameter(name: name, value: value))
        }
    }

    /// The first value of that name; the empty text when it stands without a value.
    package subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// All values of that name, in order.
    package func all(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

    package mutating func add(_ name: String, _ value: String) {
        parameters.append(Parameter(name: name, value: value))
    }

    package func makeIterator() -> IndexingIterator<[Parameter]> { parameters.makeIterator() }

    /// The query as text, without a question mark.
    package var encoded: String {
        parameters.map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }.joined(separator: "&")
    }
}
