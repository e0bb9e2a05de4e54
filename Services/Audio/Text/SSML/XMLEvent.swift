/// A place in a document, from 1.
struct XMLPosition: Hashable {
    var line: Int
    var column: Int

    func failure(_ problem: String) -> SSMLError { SSMLError(line: line, column: column, problem: problem) }
}

/// What a document is made of, in order.
enum XMLEvent {
    case start(XMLElement)
    /// The end of the innermost open element.
    case end
    /// Text with its references replaced.
    case text(String, XMLPosition)
}

/// The beginning of an element.
struct XMLElement {
    let name: String
    let attributes: [String: String]
    /// Where its `<` stands.
    let position: XMLPosition
}
